<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>editor</name>
        <message>
            <source>
Select two runs first, with Ctrl or Shift.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>  ·  {short} rows/s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> (read-only)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> And {more} more.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> Save it under another name to change the copy.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> and </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> of '{nodes}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> of {started_at:%H:%M}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> or </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> {key} finds every command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> · {nodes} {words} the old name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;100 %</source>
            <translation>&amp;100 %</translation>
        </message>
        <message>
            <source>&amp;About Summit Studio</source>
            <translation>Ü&amp;ber Summit Studio</translation>
        </message>
        <message>
            <source>&amp;Act on the column…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Align</source>
            <translation>Aus&amp;richten</translation>
        </message>
        <message>
            <source>&amp;Arrange</source>
            <translation>An&amp;ordnen</translation>
        </message>
        <message>
            <source>&amp;Back to the pipeline</source>
            <translation>&amp;Zurück zur Pipeline</translation>
        </message>
        <message>
            <source>&amp;Before and after</source>
            <translation>&amp;Vorher und nachher</translation>
        </message>
        <message>
            <source>&amp;Blue</source>
            <translation>&amp;Blau</translation>
        </message>
        <message>
            <source>&amp;Bottoms</source>
            <translation>&amp;Unten</translation>
        </message>
        <message>
            <source>&amp;Centres</source>
            <translation>&amp;Mitten</translation>
        </message>
        <message>
            <source>&amp;Close tab</source>
            <translation>Reiter s&amp;chließen</translation>
        </message>
        <message>
            <source>&amp;Collapse or open frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Colour</source>
            <translation>&amp;Farbe</translation>
        </message>
        <message>
            <source>&amp;Command palette…</source>
            <translation>&amp;Befehle…</translation>
        </message>
        <message>
            <source>&amp;Connect</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Connections…</source>
            <translation>&amp;Verbindungen…</translation>
        </message>
        <message>
            <source>&amp;Copy</source>
            <translation>&amp;Kopieren</translation>
        </message>
        <message>
            <source>&amp;Dark theme</source>
            <translation>&amp;Dunkles Design</translation>
        </message>
        <message>
            <source>&amp;Databases</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Dead letters</source>
            <translation>&amp;Unzustellbare Zeilen</translation>
        </message>
        <message>
            <source>&amp;Distribute across</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Duplicate</source>
            <translation>&amp;Duplizieren</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>&amp;Bearbeiten</translation>
        </message>
        <message>
            <source>&amp;Edit the connection…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Export for headless run…</source>
            <translation>Für Lauf ohne Oberfläche &amp;exportieren…</translation>
        </message>
        <message>
            <source>&amp;Export these rows…</source>
            <translation>Diese Zeilen &amp;exportieren…</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>&amp;Datei</translation>
        </message>
        <message>
            <source>&amp;Find in rows…</source>
            <translation>In Zeilen &amp;suchen…</translation>
        </message>
        <message>
            <source>&amp;Find on the canvas…</source>
            <translation>Auf der Zeichenfläche &amp;suchen…</translation>
        </message>
        <message>
            <source>&amp;Fit all</source>
            <translation>&amp;Alles zeigen</translation>
        </message>
        <message>
            <source>&amp;Go on with the unfinished load</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Green</source>
            <translation>G&amp;rün</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>&amp;Hilfe</translation>
        </message>
        <message>
            <source>&amp;Keep mine</source>
            <translation>&amp;Meine behalten</translation>
        </message>
        <message>
            <source>&amp;Keyboard shortcuts</source>
            <translation>&amp;Tastenkürzel</translation>
        </message>
        <message>
            <source>&amp;Left sides</source>
            <translation>&amp;Linke Seiten</translation>
        </message>
        <message>
            <source>&amp;Look again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Look further</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Menu of what is selected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Merge with the version on disk…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Middles</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Minimap</source>
            <translation>Übersichts&amp;karte</translation>
        </message>
        <message>
            <source>&amp;New connection…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;New pipeline</source>
            <translation>&amp;Neue Pipeline</translation>
        </message>
        <message>
            <source>&amp;Next tab</source>
            <translation>&amp;Nächster Reiter</translation>
        </message>
        <message>
            <source>&amp;Open module</source>
            <translation>Modul ö&amp;ffnen</translation>
        </message>
        <message>
            <source>&amp;Open…</source>
            <translation>Ö&amp;ffnen…</translation>
        </message>
        <message>
            <source>&amp;Panels</source>
            <translation>&amp;Bereiche</translation>
        </message>
        <message>
            <source>&amp;Paste</source>
            <translation>&amp;Einfügen</translation>
        </message>
        <message>
            <source>&amp;Pin these rows, or unpin</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Preview selected</source>
            <translation>Auswahl &amp;voransehen</translation>
        </message>
        <message>
            <source>&amp;Previous tab</source>
            <translation>&amp;Voriger Reiter</translation>
        </message>
        <message>
            <source>&amp;Properties and parameters…</source>
            <translation>&amp;Eigenschaften und Parameter…</translation>
        </message>
        <message>
            <source>&amp;Purple</source>
            <translation>&amp;Violett</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>&amp;Beenden</translation>
        </message>
        <message>
            <source>&amp;Read this table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Recover unsaved pipeline</source>
            <translation>Ungesicherte Pipeline &amp;wiederherstellen</translation>
        </message>
        <message>
            <source>&amp;Redo</source>
            <translation>&amp;Wiederholen</translation>
        </message>
        <message>
            <source>&amp;Right sides</source>
            <translation>&amp;Rechte Seiten</translation>
        </message>
        <message>
            <source>&amp;Rows</source>
            <translation>&amp;Zeilen</translation>
        </message>
        <message>
            <source>&amp;Run</source>
            <translation>&amp;Lauf</translation>
        </message>
        <message>
            <source>&amp;Save</source>
            <translation>&amp;Speichern</translation>
        </message>
        <message>
            <source>&amp;Set</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Stop</source>
            <translation>&amp;Anhalten</translation>
        </message>
        <message>
            <source>&amp;Stop waiting for the database</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Straighten chain</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Take over from another run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Take over from the other window</source>
            <translation>Vom anderen Fenster ü&amp;bernehmen</translation>
        </message>
        <message>
            <source>&amp;Tops</source>
            <translation>&amp;Oben</translation>
        </message>
        <message>
            <source>&amp;Tour in six steps</source>
            <translation>&amp;Rundgang in sechs Schritten</translation>
        </message>
        <message>
            <source>&amp;Trace the column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Trust this folder</source>
            <translation>Diesem Ordner ver&amp;trauen</translation>
        </message>
        <message>
            <source>&amp;Undo</source>
            <translation>&amp;Rückgängig</translation>
        </message>
        <message>
            <source>&amp;Validate</source>
            <translation>&amp;Prüfen</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>&amp;Ansicht</translation>
        </message>
        <message>
            <source>&amp;Window</source>
            <translation>&amp;Fenster</translation>
        </message>
        <message>
            <source>&amp;Write into this table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&amp;Yellow</source>
            <translation>&amp;Gelb</translation>
        </message>
        <message>
            <source>'{action_id}' has no list of keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>'{key}' of '{action_id}' is no key</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>'{name}' cannot name a parameter: use letters, digits and _.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>'{said}' of '{action_id}' is a key of the canvas itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>'{said}' of '{action_id}' is that of '{other}' already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>'{title}' holds what was accepted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, most before '{title}', {fills:.0%}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, no node is behind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, the others kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, {rejected:,} rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 dead letter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 edit was</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 entry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 hint</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 letter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 node may use '{old}': {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 node still uses '{old}': {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1 row</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;1 % null</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A load of this pipeline is unfinished</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A new node…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A newer version of Summit Studio wrote this file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A node cannot feed itself.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A number</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A number of rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A past run cannot run again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A path</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A run is under way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A run needs a value here; there is no default.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A run reads modules from their files and would not see what you changed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A run that goes on by itself is found again when the pipeline is opened.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A share of the rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A whole copy of a table counts as one; 0: no limit. Short: large tables fail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A whole number</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About Summit Studio</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About the &amp;node type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About the node type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Above the table: left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Act on the rows that arrive at the sink: choose another port.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Action</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add &amp;frame</source>
            <translation>&amp;Rahmen hinzufügen</translation>
        </message>
        <message>
            <source>Add &amp;node…</source>
            <translation>&amp;Knoten hinzufügen…</translation>
        </message>
        <message>
            <source>Add a bend here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a database to see its tables, or drop a SQLite or DuckDB file on the canvas.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a node from the library to begin.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a node, such as  filter  or  filter: amount &gt; 0</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a pair for each name that both inputs have: {shown}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add an entry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add beside {count} nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add beside {title}, such as  filter: amount &gt; 0</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add between {start} and {end}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add comparison</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add n&amp;ote</source>
            <translation>&amp;Notiz hinzufügen</translation>
        </message>
        <message>
            <source>Add parameter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add source</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add to the favourites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add {count} sources</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add {way} {title}: {port}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Advanced</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Advanced ({folded} found in the file)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Advanced fields</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>After</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>After. {unmatched}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>After: {left:,} {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align bottoms</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align centres</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align middles</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align right</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align tops</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All about this node type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All columns are in the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All edges of this node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All files (*)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All is well.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All lines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All mine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All of the first {out:,} rows went to rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All of these hold (and)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All settings are at their defaults.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All sources together</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All theirs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All {count:,} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All {count} columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All {out:,} rows went to rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alt or Ctrl while dragging</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alt+Drag</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another program changed the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another program changed {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another program changed {name}, and it cannot be read now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another run of this pipeline is at work</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another window has taken this pipeline over</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Any node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Any number of rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Any of these holds (or)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Are they equal</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Arrows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>As the rows come</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask after silence of, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask for a node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>At</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>At '{title_of}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>At the bottom</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Attempts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Automatic</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Average</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>B&amp;ypass or enable</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Back to the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Back to what it is by default: {told}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Back to {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Back to {name}, which is not saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Before: {count:,} {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Before: {said}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Begin the tour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bend edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Both added nodes by one id; theirs are kept as {names}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bring back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Browse…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Build the condition from rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Builder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Busiest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>By name, column, setting or note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bypassed: rows go past it unchanged.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>C&amp;onnect to…</source>
            <translation>&amp;Verbinden mit…</translation>
        </message>
        <message>
            <source>C&amp;opy name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>CSV (*.csv)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>CSV, JSON, Parquet and Excel files, folders of them, SQLite and DuckDB files, and pipelines can be dropped here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Calculate</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Calculate {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Call it '{title}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Calls in a row that fail in a way that may pass, after which the system is left alone; 0: never</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Calls in a row that must succeed then, before it is used as before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Cancel, or select nothing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelled</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelled.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelled; nothing is left behind.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelled; the run can go on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancelling…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot copy the example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot keep the keys that you chose</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot look into '{name}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot paste</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot save over {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot save the connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot take the pinned rows along</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cannot write {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cast to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cast {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change anyway</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change the rows as the edit says</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change {name} of {count} nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Changed here and in the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Changing '{what}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Changing…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checked</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checks and previews use these values too; they are not in the file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a connection of an untrusted folder first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a connection or a table under Connections first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a field first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a module.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a node type in the library.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a table under Connections first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose another port.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose for {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose or type a table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose them again in Help, Keyboard shortcuts.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click a column of the preview or the inspector while this panel is in view, or choose Trace column there (Ctrl+T).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click into it, or right-click its name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click or drag to look elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click the sign before its title</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click to choose another type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click to open {link}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Close (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close idle ones after, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the settings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close window</source>
            <translation>Fenster schließen</translation>
        </message>
        <message>
            <source>Co&amp;mpare the past runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Code</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Collapse</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Collapse or open a frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Colour {count} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Colour {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Colours</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Columns</source>
            <translation>Spalten</translation>
        </message>
        <message>
            <source>Columns by port</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Columns found in the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Combine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Combine {first} and {second}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Comes from</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compare</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compare two</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compare {first} and {second}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Completions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Condition…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect &amp;from…</source>
            <translation>Verbinden v&amp;on…</translation>
        </message>
        <message>
            <source>Connect an input to see its columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect an input to see what it gives</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect {way} from…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect {way} to…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connected: {answer}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connecting…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connection '{name}' added</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connections</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connections of this workspace</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connections, tables and columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copied</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy as p&amp;icture</source>
            <translation>Als B&amp;ild kopieren</translation>
        </message>
        <message>
            <source>Copy the chosen rows, in the preview</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy with column names</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cost: {cost}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ctrl+Arrows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ctrl+C</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ctrl+F</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ctrl+Space</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cu&amp;t</source>
            <translation>&amp;Ausschneiden</translation>
        </message>
        <message>
            <source>Cut edges by a stro&amp;ke</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cut edges by a stroke</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cut {count} edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>D&amp;iscard recovered work</source>
            <translation>Wiederhergestelltes &amp;verwerfen</translation>
        </message>
        <message>
            <source>D&amp;isconnect…</source>
            <translation>&amp;Trennen…</translation>
        </message>
        <message>
            <source>D&amp;issolve module</source>
            <translation>Modul au&amp;flösen</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Database</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Day of the week</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>De&amp;lete</source>
            <translation>&amp;Löschen</translation>
        </message>
        <message>
            <source>Dead letters</source>
            <translation>Unzustellbare Zeilen</translation>
        </message>
        <message>
            <source>Dead letters ({count:,})</source>
            <translation>Unzustellbare Zeilen ({count:,})</translation>
        </message>
        <message>
            <source>Dead letters of the chosen group</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Default</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Default: {value}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Delete</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Delete and leave the &amp;gap</source>
            <translation>Löschen und Lücke &amp;lassen</translation>
        </message>
        <message>
            <source>Delete anyway</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Delete {count} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Delete {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Deleting {what}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Delivery</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dis&amp;able or enable</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Disabled: it does not run, nor does what depends on it alone.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discard</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discard dead letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discard {letters_in_words}?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discarded</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discarding…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Discard…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Disconnect</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Disconnect {count} edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dismiss</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dismiss this message</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Distribute across</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Distribute do&amp;wn</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Distribute down</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Do it an&amp;yway</source>
            <translation>&amp;Trotzdem tun</translation>
        </message>
        <message>
            <source>Do it anyway</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Do not wait</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Does not run: {skipped}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Done for you where you have not done it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Double-click there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Down</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag a CSV file from your desktop onto the canvas: it becomes a source, with its columns found out. Without a file at hand press Next, and a small one with orders comes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag a node from the library, or press / to search</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag from a port</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag from the dot at the right of the source to the dot at the left of “Paid orders only”. By keys: select the source, press {connect}, and choose where it leads.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag it onto a port, an edge or a node, or with Shift</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag it onto the canvas, or Return on it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag its lower right corner</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag its title or border</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag near that end</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag on an empty place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag them, or Ctrl+Arrows, which for an edge move all of it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw data pipelines, see real data at every step, run the same file anywhere.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw data pipelines, see real data at every step, run the same file anywhere.

Apache License 2.0</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw the frame larger: it needs room for a card.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw the nodes with the most rows again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop a file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop data files here to begin with them.{finds}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop it there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop {sign}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dropped at the end. Without it, a temporary file of the same class stands in.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>DuckDB file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Each kill is a line here, with what was lost, doubled or wrong after it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Edge from {names}, {port}, to {names_2}, {port_2}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Edit a note, and end that</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Edit of the letters' rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Edit, test or delete connections</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Empty pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Enable it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Enter in the last field</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Errors</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Errors and warnings found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Esc</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Every input is taken: choose the one to replace.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Everything was saved already.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Example</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Examples to open, run and change</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export dead letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export for headless run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export these rows…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Exporting…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Expression</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extract</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extract by pattern…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extract from {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extract from {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fa&amp;vourite node type, or not</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Failed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Favourite</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Favourites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fi&amp;x what is wrong…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Field</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>File</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>File of its key, which only you may read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>File of the authorities that may vouch for the server, or 'system'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>File of the certificate to show to the server, where it asks for one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fill in the form, then save.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fill nulls</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fill nulls of {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fill {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Filter by {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Filter the outline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Filtered</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find a column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find a line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find a setting</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find in log</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find in rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find in rows, in the preview</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find ne&amp;xt</source>
            <translation>&amp;Weitersuchen</translation>
        </message>
        <message>
            <source>Find on the canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find pre&amp;vious</source>
            <translation>&amp;Rückwärts suchen</translation>
        </message>
        <message>
            <source>Finish</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>First rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>First rows of this edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fit frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fix what is wrong</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder to export to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>For how long no call is made then; after that it is tried again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>For the server to answer, or for one of the most sessions. Short: a slow day ends the run. Long: it is noticed later that nobody answers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Found at</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Found in the file: {count:,} {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Found: {said}. {why}{why_2}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>From</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>From which port?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>G&amp;rey</source>
            <translation>Gr&amp;au</translation>
        </message>
        <message>
            <source>Give the action the keys that it has at first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go back to the pipeline first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on reads on behind them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on: read on behind them; no row is lost, none comes twice.
Start again: from the first row, {again}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the &amp;canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the &amp;inspector</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the &amp;library</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the conne&amp;ctions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the fields of a node, or into a module</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the next field, or the one before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the o&amp;utline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the pr&amp;oblems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the pre&amp;view</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the ru&amp;n</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Goes on with the line before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Goes to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Group by</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Group by both</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Group by {columns}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Groups of dead letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Here and in the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Hi&amp;gh contrast</source>
            <translation>&amp;Hoher Kontrast</translation>
        </message>
        <message>
            <source>Highest value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>History</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Host</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Hour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How grave</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How often one is used before another is opened in its place. Few: what a server keeps for a session cannot grow, and opening takes time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How the comparisons are joined</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How the function is called</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How they went</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How this sink delivers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Id</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In a window of its own</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In panels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In {file}: {faults}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In: {edge}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Input to show beside</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Inspector</source>
            <translation>Inspektor</translation>
        </message>
        <message>
            <source>It</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It had been open last time.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It has no tables yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is a program, and a link must not run one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is in line already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is not saved yet, and its folder is the scratch folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is open in another window ({holder}). Take it over to change it here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is open in {holder}. Here it can only be read, or saved under another name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It is tidy already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It leads out of the folder of the pipeline.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It leads to {path}. It can be renamed under Connections.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It shows the pipeline as it ran. Save it under another name to change a copy.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>It stays in the menu Help</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Its folder is</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Its keys work on the canvas.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Its keys work wherever no text is typed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Its nodes are listed here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Its tab says why.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>JSON lines (*.jsonl)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep mine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep only {sign}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep paths</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep these rows beside the pipeline, so that what follows needs no source</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Key of the certificate</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keys of your own</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keys of your own are not used</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kills</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Largest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Largest first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Largest on top</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Lead an edge through a place, or take that bend off</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Leave a field for the canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Leave it there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Leave the tour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ledger</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Left to run by {words}: {parts}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Length of the pause, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Let it go on by itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Let the run go on by itself; else it is stopped</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Let them go in again at the node that rejected them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Let them go; their rows stay readable</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Light</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Light no path any more (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Lines of the chart</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>List every column that is shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>List no column that is shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Load a&amp;gain from the beginning…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Log</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Log of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Longest statement, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look &amp;back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look as the &amp;system does</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look at all data&amp;bases anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look at real rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look at the databases anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look at them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look for&amp;ward</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look further</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look to the sides</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Looking for columns…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Looking for tables…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make &amp;checkpoint</source>
            <translation>&amp;Prüfpunkt setzen</translation>
        </message>
        <message>
            <source>Make a &amp;module of the selection…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make a &amp;parameter of the field</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make a module of the selection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make it again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Match columns of one name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Match columns of one name: {shown}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Match {shown}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measure</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Memory</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Menu of what lies there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merge and save</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merge with the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merged with the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Merge…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Mine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Modules</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Modules (*{module_suffix})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Month</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Most sessions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Most time, {share}, goes at {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move &amp;a panel…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move a frame with what it holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move bends of edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move by single pixels, out of line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move it down</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move it up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move nodes and notes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move tab &amp;left</source>
            <translation>Reiter nach &amp;links</translation>
        </message>
        <message>
            <source>Move tab &amp;right</source>
            <translation>Reiter nach &amp;rechts</translation>
        </message>
        <message>
            <source>Move tab to new &amp;window</source>
            <translation>Reiter in neues &amp;Fenster</translation>
        </message>
        <message>
            <source>Move the chosen columns down (Ctrl+Shift+Down)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move the chosen columns up (Ctrl+Shift+Up)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move the chosen entry down</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move the chosen entry up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move the view there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move what is selected by the grid</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move {count} items</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name after &amp;what it does</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name of the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name {count} nodes after what they do</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Names the columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New &amp;window</source>
            <translation>Neues &amp;Fenster</translation>
        </message>
        <message>
            <source>New connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New connection…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New here? Six steps lead to a pipeline that runs, in about three minutes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New values stand beside the old ones. Press Change to keep them, then try or retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New: Select columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next (Return)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No answer of a database is awaited there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No answer within {limit_secs:.0f} s. Check host and port.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No column is traced</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No column was renamed in one node.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No connections yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No dead letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No edge touches this node.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No favourite</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No fix is known for what is wrong.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No letter{whose} is {state}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No load of this pipeline is unfinished.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No node after uses '{name}' any more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No node holds this text.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No node reads it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No other node has a port where this edge could end.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No other place was looked at.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No other program changed the file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No other window has it open.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No outputs yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No parameters yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No password is set.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No past runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No pipeline is shown</source>
            <translation>Keine Pipeline wird gezeigt</translation>
        </message>
        <message>
            <source>No preview yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No problems</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No recovered work is unsaved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No row</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No row of the first {came:,} matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No rows come to what is selected. Run the pipeline, or select what follows.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No run has written rows here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No run waits for modules to be saved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No run went on by itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No run yet</source>
            <translation>Noch kein Lauf</translation>
        </message>
        <message>
            <source>No selected edge has a bend.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No setting found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No source reads {unread}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No speeds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No such column arrives</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No tab is open.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No work was recovered here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Node types</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Node whose letters are shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nodes that were named by hand, or are not set up, stay so.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nodes, columns, settings and notes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None among the first rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None among the first rows.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None comes out here of the first {came:,} rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None comes out here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None of the {came:,} rows matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not in the rows after</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not known: a version ran one of them that did not keep the pipeline.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not set up yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing but how the file is written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing counted yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing fits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing fits. Try another word, or a key as it is written here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing here is about '{sought}'.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing is running.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing of it has changed since.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing of what is selected is in a frame.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing rehearsed yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing selected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing to check yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing to discard</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing to paste</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing waits to be done anyway.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing was rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing was written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing yet</source>
            <translation>Noch nichts</translation>
        </message>
        <message>
            <source>Nothing: both ran the same pipeline.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>O&amp;pen the past run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of the {rows:,} rows that were looked at:</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of which node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of {among}, every one could be used.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Offer columns and functions, in an expression</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>On the canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>On the left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>On the right</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>On their way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>One document saved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>One thing was</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only a reference to the password is written to the file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only changed settings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only http and https links and files in the folder of the pipeline open.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only in this view</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only nodes that differ</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only one tab is open.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only these rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open &amp;recent</source>
            <translation>&amp;Zuletzt geöffnet</translation>
        </message>
        <message>
            <source>Open a pipeline, or begin a new one, first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open pipelines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open pipelines or data</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Opened</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Opened read-only</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Opening {name} takes long: its folder does not answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Operator</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Out: {edge}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Outline</source>
            <translation>Gliederung</translation>
        </message>
        <message>
            <source>Outline of the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Outputs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Outputs and quality scores</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overview of the canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Own certificate</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>P&amp;ink</source>
            <translation>R&amp;osa</translation>
        </message>
        <message>
            <source>Pages (*.html)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Parameters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Parameters…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Params of this node as JSON</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Password</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Password: {password}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Past ru&amp;ns</source>
            <translation>&amp;Frühere Läufe</translation>
        </message>
        <message>
            <source>Past runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paste {count} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paste {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pattern</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pause after failed calls</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Picture of the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pin</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pin all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pin rows in the preview first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pin these rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pin {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pinned</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pinning the rows to begin with…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipeline properties</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipeline se&amp;ttings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipelines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipelines and data</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Port</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Port to preview</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ports and columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PostgreSQL</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Prefer (usual)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press Run ({run}). Rows are counted on the edges while it goes, and edits are allowed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press a new key for the action</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press a new key…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press the key now. Esc: leave it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Preview</source>
            <translation>Vorschau</translation>
        </message>
        <message>
            <source>Preview of rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Previous (Shift+Return)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Problems ({total})</source>
            <translation>Probleme ({total})</translation>
        </message>
        <message>
            <source>Processors</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Progress of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put a node into a frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put a node into an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put a panel elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put an end of an edge elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put {node_id} into {edge}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put {title} elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Quality</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Quarter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Queue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>R&amp;un on what is saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rate</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Raw</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Re&amp;hearse a crash…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Re&amp;name</source>
            <translation>&amp;Umbenennen</translation>
        </message>
        <message>
            <source>Read a table of a connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read on until rows are found, or to the end</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading rows…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading the file…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading the first rows…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ready</source>
            <translation>Bereit</translation>
        </message>
        <message>
            <source>Recent</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Recently used</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reconnect {edge}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Recover</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Redo</source>
            <translation>Wiederholen:</translation>
        </message>
        <message>
            <source>Rehearse</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rehearse a crash of {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reject rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rejected once more would be {told}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove anyway</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove the chosen entry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove the chosen parameter (Ctrl+Del)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove this comparison</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove this comparison (Ctrl+Del)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove this node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Removing {what}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename everywhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename here and everywhere after…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename in the nodes aft&amp;er too</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename there too</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename {name} everywhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename {old} to {new}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reopen pipelines next time</source>
            <translation>Pipelines beim nächsten Start wieder öffnen</translation>
        </message>
        <message>
            <source>Replace in {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Replace in {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Replace…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reset</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reset &amp;panels</source>
            <translation>&amp;Bereiche zurücksetzen</translation>
        </message>
        <message>
            <source>Reset all keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reset {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Resize a note or a frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Result on the first rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Resume after good calls</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retried</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Retrying…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Return or Double-click</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Return or Double-click, and Esc</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Right click</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Round</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Round {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Row ledger</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows a second by node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows a second that all sources read together</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows cannot be pinned yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows cannot say this: it is edited as text.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows handed on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows left out on purpose</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows of a target are not pinned</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows of each node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows of each node, earlier {to} later</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows of each source</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows read before it counts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that a node rejects can be kept here, to be mended and let in again, instead of ending the run: choose Dead letter as the strategy of errors in the pipeline settings, and leave the node's rejected port free.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that came in; for a source, rows read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that failed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that wait between the two nodes: where it is full, the node behind is the slower</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that wait: few {bars} queue full{where}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows would run in a circle.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run</source>
            <translation>Lauf</translation>
        </message>
        <message>
            <source>Run &amp;from here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run &amp;with parameters…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run as saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run on &amp;pinned rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run started</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run the export once and compare its result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run the pipeline first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run this pipeline to see how many rows flow.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run to h&amp;ere</source>
            <translation>Bis &amp;hier ausführen</translation>
        </message>
        <message>
            <source>Run with parameters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run {value} in {seconds:.1f} seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run {value} in {seconds:.2f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Running</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Running  ·  {short} rows/s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Running from here on {rows:,} pinned {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Runs of this pipeline are kept here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Runs the pipeline on a sample of its sources, your code included, kills it at every kind of step and lets it go on. Its targets, checkpoints and run history are not touched: stand-ins take their place.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>S&amp;hrink frame to what it holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>SQLite file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sa&amp;ve all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sa&amp;ve the modules and run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save</source>
            <translation>Speichern</translation>
        </message>
        <message>
            <source>Save &amp;as…</source>
            <translation>Speichern &amp;unter…</translation>
        </message>
        <message>
            <source>Save and run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save as pict&amp;ure…</source>
            <translation>Als &amp;Bild speichern…</translation>
        </message>
        <message>
            <source>Save as…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save picture</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save report…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save saves the module shown. Other pipelines that use it take its changes when asked.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the changes to {names}?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the changes to {names}? {it} is running, too.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the pipeline first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the pipeline first: rows lie beside it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save writes both into the file; undo takes its changes out again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save writes it again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save, then connect and read the server's version</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saving takes long: the folder does not answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saving writes over those changes; merging keeps both.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saving…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Say which rows to keep</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search by what it does, or by a key such as Ctrl+L</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search nodes</source>
            <translation>Knoten suchen</translation>
        </message>
        <message>
            <source>Search tables</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search the library</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search the shortcuts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search the tables and columns that were looked at</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>See what came of it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select &amp;all</source>
            <translation>&amp;Alles auswählen</translation>
        </message>
        <message>
            <source>Select a frame first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a module first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a node first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a node or an edge to see real rows.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a node or an edge.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a node to change what it does, or an edge to see its columns.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a node, note or frame first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a note or a frame first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select a single node, or several of one type, to change what they do.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select an &amp;edge…</source>
            <translation>&amp;Kante auswählen…</translation>
        </message>
        <message>
            <source>Select an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select an edge first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select more nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select one node first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select one node, note or frame first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select one run in the history first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select something first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select the next bend</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select three things or more first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select two nodes or more first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select two runs in the history first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select two things or more first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select what a rectangle touches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Selection, {count:,} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sessions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sessions that a run has open at once. Few spare the server, and nodes wait for each other; a run that needs more at once ends</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Share of time: little {blocks} most, {share} at {plain}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Shift+Arrows or Ctrl+Click</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Shift+Wheel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Short: fewer places on the server are held. Long: fewer sessions are opened anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show &amp;first rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show &amp;where time goes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show all rows again (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show only rows that hold the text</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show only what is not at its default</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show runs that went on by the&amp;mselves</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the &amp;difference to disk</source>
            <translation>&amp;Unterschied zur Platte zeigen</translation>
        </message>
        <message>
            <source>Show the difference</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the file as it stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the file as it stands beside the rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the pipeline as it ran, with its counts, ledger and log</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the rows that reach the node beside</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show two runs side by side, and what changed{hint}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what &amp;leads here and what follows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what it would &amp;break</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what the renamin&amp;g changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what was &amp;written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what was found so far</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sinks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Smallest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Smallest first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Smallest on top</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Snap to &amp;grid and neighbours</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Solve all {count} of this kind: {what}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Solve what is listed under Problems first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Some keys are not used</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Something went wrong</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Something went wrong in the editor</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sort by {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sort rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sources</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Space+Drag or Middle drag</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Space, or Double-click at a place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Speed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Speeds are shown while a run goes on; counts and times of this one are kept.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Split</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Split {column}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Split {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start again from the first row?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start again…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Started</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Starting…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>State of the letters shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Step {number} of {of}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Step {number} of {of}: {title}. {said}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop &amp;waiting for what does not open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop what is being done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stopped by a quality rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stopped.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Straighten</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Straighten edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sum</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Summit Studio</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Summit Studio {version}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>T&amp;idy up</source>
            <translation>A&amp;ufräumen</translation>
        </message>
        <message>
            <source>TLS</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ta&amp;ke the module as it is now…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tab or Shift+Tab</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take &amp;out of the frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take '{title}' as it is now?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take bends off</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take out of frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take out of the favourites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take over</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take over: what that run has not committed is lost to it, and this one reads it again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take t&amp;heirs from disk</source>
            <translation>Die von der &amp;Platte nehmen</translation>
        </message>
        <message>
            <source>Take the chosen columns out of the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take the key {native} away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take the tour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take theirs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take this key away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tell what would become of them now; nothing is written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Test</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>That another session holds. Short: busy tables end the run. 0: for ever</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The clipboard holds neither nodes nor files.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The default of '{name}' is not a number: {said}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The default of '{name}' must be true or false.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The edge has a bend there already.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The edge has no bend.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The editor did not end properly last time.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The editor did not end properly; {kept} kept.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The export has taken more than {limit_secs:.0f} minutes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The file as it stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The file has changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The file is empty</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The first rows are read as for a preview; then the run begins.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The first {count:,} {noun}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The ledger accounts for every row. Choose Outputs to see what was written, with the way to its folder. Save the pipeline ({save}) to keep it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The link to '{link}' was not opened</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The module has changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The module was written, but the pipeline changed meanwhile</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The module {names} is not saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The modules {names} are not saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The new node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The node type '{type}' is not installed. The node is kept as it is and saved unchanged.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The only row does not match</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The only row went to rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The other window had not saved them; it can only read now.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The picture as it will be</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The picture could not be written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The picture is in {path}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The picture is on the clipboard.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline can only be read here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline has no parameters; its properties can add some.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline is empty.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline is empty; add a node first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline runs code, reaches databases, or uses files outside its folder that were not picked. Trust the folder only if you know where its files come from. {folder} {root}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline was changed, or ran, meanwhile. Run from here again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The preview shows what goes into the selected node and what comes out of it. Click another node, or walk along the edges by arrow keys, to see the rows there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The report is in {path}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The rest was not read yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The rows are pinned, and nothing runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run could not be started</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run failed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run is being stopped.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run is being stopped; it can start again once it has ended.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run of {moment} cannot be opened</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run of {moment} cannot be opened yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run that went on by itself has ended: {word} in {seconds:.1f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run's process died</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run, and the speed at which its sources read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run{at} {words} of an earlier version</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The same run on the command line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The way into this module</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Their tabs say why.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Theirs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are two parameters called '{name}'.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are {where}. Nothing deletes them: a load that starts again writes them once more, so that they are there twice. Delete them first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is a pipeline that was never saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no checkpoint</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no such file in the folder of the pipeline.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is nothing to begin with</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is nothing to redo.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is nothing to undo.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is unsaved work on {count} pipelines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is unsaved work on {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>These ports are connected already.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>These rows are written already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>They are deleted: start again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>They are of {names}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>They cannot be retried any more. Their rows stay readable under Discarded until they are pruned.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>They lie in {relative_to}. Previews behind them begin there; a run reads its sources, unless it is asked to run on pinned rows.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This folder is not trusted yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This folder is not trusted yet, so nothing connects by itself. Connect only if you know where this leads: {described}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This folder is trusted.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This is a past run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This is a past run; run the pipeline itself.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This is how it is always done; it cannot be changed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This node gives none.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This node is no module that can be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This node takes no rows.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This pipeline is ready to run.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This pipeline is running.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This pipeline is running; stop it first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This port carries no columns.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This row went to '{port}'.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This was not opened from a pipeline.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Those of open pipelines are shown.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tidy up se&amp;lection</source>
            <translation>Aus&amp;wahl aufräumen</translation>
        </message>
        <message>
            <source>Title</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Title of the frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>To which port?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tolerated</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Took</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tools</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tour, step {number} of {of}: {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Trace column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Transforms</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Trust this folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Trusted authorities</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Try</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Try again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Trying…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Two runs of {pipeline}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type a command, a node or a file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type a condition in the inspector, such as  status = 'paid'  for the orders. Columns and functions are offered as you type; Escape leaves the field.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unchanged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig:</translation>
        </message>
        <message>
            <source>Unsaved changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unsaved changes and a run under way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unsaved work recovered: {edits} made again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Use it here instead</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>User</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Uses of a session</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Wait for a lock, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Wait for a session, seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Waiting to try again ({attempt} of {attempts})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Walk along edges, or to the nearest node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Warnings and errors</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Welcome</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Welcome page</source>
            <translation>Startseite</translation>
        </message>
        <message>
            <source>What a run writes is listed here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What came of it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What changed in the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What changed in the pipeline between them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What differs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What differs from run to run, such as a date or a folder, can be one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What each node takes in and gives on is counted here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What fits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What happens in a run is told here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What it held when it was accepted is not at hand here. Open it to look at it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What it is for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What passed this module in the run of {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What people call this node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What runs is shown as it was when the run began.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What stood there is its default; properties and parameters change it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What you change here is changed in all of them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What {name} holds now is shown.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Wheel, or Pinch</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>When calls fail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where it was found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where rows pile up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where time goes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whether every row is accounted for, and what the count was held against: what the file, server or table says of itself (counterpart), its rows read back (content compared), another measure of ours (counted twice), or nothing (handed over)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whether the server is still there. Short: a lost link is noticed soon, and a short break of the network ends what is under way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Which input's rows to show beside</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Which port's rows to show</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Which rows to show</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whole pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Why</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>With the states and counts of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Without saving, what changed since the last save is lost.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write ${name} in a node's field to use a parameter. A run asks for them in this order.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write a note. # Heading, **bold**, - list, `code`, [link](https://…)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write into a table of a connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write over it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write tables of a server in a schema of their own there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the condition as an expression</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write them with their rows as JSON lines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write these columns and types down: a later file cannot change them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write {said} down as {title}, so that a later file cannot change it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writes the pipeline, the connections it needs (references, never passwords), pinned requirements and a run script into a folder of their own.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing and checking the export…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing the export…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Year</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>You have not gone back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Your changes are not in the file, and its changes are not shown here. Merge keeps both; taking theirs drops yours.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Zoom</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Zoom &amp;in</source>
            <translation>Ver&amp;größern</translation>
        </message>
        <message>
            <source>Zoom &amp;out</source>
            <translation>Ver&amp;kleinern</translation>
        </message>
        <message>
            <source>Zoom of the canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Zoom to &amp;selection</source>
            <translation>Aus&amp;wahl zeigen</translation>
        </message>
        <message>
            <source>above</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>above {sign}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>after</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>all rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {count:,} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {count} more changes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {left} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>any text</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>are</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at each kind of step</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at fault: {shown}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at the end of the edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at the start of the edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>at…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>automatic</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>bar  |</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>begins here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>begins with</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>below {sign}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>between</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>bytes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>cannot be followed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>cannot be followed: {how}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>cell</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>cells</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>change</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>changes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>check that your settings folder can be written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>check the network and whether the server is up, then try again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>close it there, or save under another name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>columns</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>comma  ,</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>command line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>contains</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>correct the field</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>dead letter waits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>dead letters wait</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>editor</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ends with</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>error</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>fed by {listed}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>feeds {listed}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>frame</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>frames</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>free</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>from {low} to {high}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>goes on getting {name}: {why}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>gone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>has</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>has a hint</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>has a warning</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>has an error</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>have</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>header</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>in: {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>in: {port}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>info</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is false</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is missing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is none of</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is not</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is one of</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is present</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>is true</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it could not say how it ended, so what its nodes counted is not known</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it is in the menus</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it is no JSON ({error})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it is no list of actions with their keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it is open in another window ({holder})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it is under way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>item</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>items</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>itself</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>key</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>lacks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>letter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>make room in your settings folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>milliseconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>most often {low}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>never null</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>new</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>node keeps</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nodes keep</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none is there twice</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not connected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not connected, but required</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not known yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not run yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>notes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nothing is written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nothing takes it out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>on {of}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>once those rows are deleted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>open it once it has ended</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>out: {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>out: {port}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>part of the key {key}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>pin them again where they are wanted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>pinned: {told}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>problem stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>problems stand</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>read by {field_words}: {how}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>required</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>row</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>rows read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>run again: where a target has committed epochs the run goes on behind them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>run the pipeline itself, or save this one under another name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>seconds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>see its figures by `summit runs {run_id}`</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>select nodes and copy them first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>semicolon  ;</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>several values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>since {began:%Y-%m-%d %H:%M:%S} there are {where}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>stored in the system's keyring</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>takes the place of an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the clipboard holds no nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the first {rows}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the ledger balances</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the ledger does not balance</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the name does not fit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the rows that were looked at</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>themselves</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>there is no action '{action_id}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>this is the pipeline as it was then</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>to 1 digit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>to 2 digits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>to 3 digits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>to thousands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>to whole numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>try again; if it happens again, report it with the log</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>up to {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>use letters, digits, _ and -, a letter first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>version {version} ran it, which did not keep the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>view</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>warning</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>was</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>was {before}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>was {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>was {type}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>were</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>what is selected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with 0</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with a comma</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with a hyphen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with a space</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with empty text</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with false</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with true</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with {sign}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>without a value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>would be wrong</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>written to {how}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{again:,} {were} rejected once more, and stay open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{at:,} of {found:,}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{beneath} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{cells:,} {words} changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{chosen:,} of {letters_in_words} chosen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{committed:,} committed and safe</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} dead letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} letters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} {noun} written to {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count:,} {words} for '{titles}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} documents saved.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} edges</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} edits were</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} entries</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} files are gone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} frames</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} more →</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} nodes may use '{old}': {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} nodes selected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} nodes still use '{old}': {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} nodes: {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} things were</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} {words}, one undo step</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{dead_letters:,} {noun} here. Click to look at them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{deed} would break {count}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{default}, by this machine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{described} did not answer within {secs:.0f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{dimension}, at least {threshold:.2%} needed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{distinct:,} distinct</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{distinct:,} distinct values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{done} of {of}: </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{edits} edits were</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{errors} {noun} in the way of a run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{failed:,} cannot be computed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{fill:.0%} full</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{folder} does not answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{folder} may be on a network that is away. Work goes on, and the file is shown once it comes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{folder} may be on a network that is away. Work goes on, and what is not saved is kept on this machine.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{found:,} found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{found:,} rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{found} files ({names});;{all_files}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{function} {column} by {group}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{gone} is gone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{hidden} more are not shown; solve these first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{hints} hints</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{label} (all {count})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{label}, {count} times</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{label}: see the inspector.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{label}; undo takes it back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{letters:,} by '{titles}': {message}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{letters_in_words} changed. Try them, or retry.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{letters_in_words} discarded.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{letters_in_words} exported to {path}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{letters_in_words} went through</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{listed} of {total} listed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{listing} cannot be bypassed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{matched:,} of {of} match</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{named} still {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{named} {words} ended</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{names} and {more} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{names} could not be saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{names} {verb} not written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name}   not in the input</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} as the edit would leave it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is gone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is running.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is saved. {name_2} takes it so and is not saved yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} not saved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} of the process that runs the pipeline: at most {most}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} was changed by another program since it was opened.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{native} cannot be given away. It is there to {what}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{native} is the key of “{name}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{new} new {words}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{nodes}, {edges}. Arrow keys walk along edges, Return opens a node; the outline lists the pipeline as a tree.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{node} calls it '{new}' now.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{note} · {seconds:.0f} ms</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{note}, from pinned rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{note}, {unfit:,} left out that cannot be read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{null_share:.1%} null</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{number:.0f} MB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{number:.1f} GB</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{out:,} left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{out:,} of them went to rejected.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{passing:,} of {letters_in_words} would pass</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{per_second:,.0f} rows/s, mean of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{pipeline}, run of {moment}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{processors:.1f} busy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{read:,} rows read, {found:,} found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{read:,} {words} read</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rejected:,} rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{released:,} stay open: nothing of them was written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows:,} in the last run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows:,} in this run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows:,} {noun} of '{title_of}' pinned</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows_in:,} rows in, {rows_out:,} out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows} rejected</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows} row</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rows} rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{rule}: {score:.2%} of {rows:,} rows pass</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{said} (see above)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{said}, breached</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{said}. Disable it in its stead (D).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{said}. Your pipeline is kept; save it. The log has the details.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{said}: others have the same title. Undo takes it back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{share:.0%} null</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{share} of time  ·  {said}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{shown:,} of {total:,} lines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{staged:,} safe and not yet shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{table} of {connection}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{table} of {connection}. Drag it onto the canvas to read it, with Shift to write into it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{things} changed both here and in the file. Choose which holds; all that only one of them changed is kept.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}
{most} lines are drawn: take one off first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}
{short} rows/s at {secs:.1f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title} is now the parameter '{name}'</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}: {rows} {noun} in {location}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{told}. Click to unpin.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{verb} rows by {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{what} that had been open last time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{what}, with what was not saved there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{who}: {before:,} before, {after:,} behind. Escape shows all again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{why} Save to keep it; undo takes it back step by step.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{words} in {seconds:.2f} s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{words} of {numbers} by {group}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{written:,} rows written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{written:,} written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“Here” is the pipeline on the screen, “there” is the file as it is now.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>← {count} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>↑ {count} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>↓ {count} more</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
