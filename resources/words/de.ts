<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>editor</name>
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
            <source>&amp;Yellow</source>
            <translation>&amp;Gelb</translation>
        </message>
        <message>
            <source>A run needs a value here; there is no default.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About Summit Studio</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About the node type</source>
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
            <source>Add a node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a pair for each name that both inputs have: {shown}</source>
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
            <source>Alt or Ctrl while dragging</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alt+Drag</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Arrows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask for a node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>B&amp;ypass or enable</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Back to what it is by default: {told}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Browse…</source>
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
            <source>C&amp;onnect to…</source>
            <translation>&amp;Verbinden mit…</translation>
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
            <source>Cancelling…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Canvas</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change the rows as the edit says</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Changed here and in the file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checks and previews use these values too; they are not in the file.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a connection</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose for {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose…</source>
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
            <source>Close</source>
            <translation>Schließen</translation>
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
            <source>Collapse or open a frame</source>
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
            <source>Compare two</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Completions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Connect &amp;from…</source>
            <translation>Verbinden v&amp;on…</translation>
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
            <source>Delivery</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dis&amp;able or enable</source>
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
            <source>Dismiss</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dismiss this message</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Distribute do&amp;wn</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Do it an&amp;yway</source>
            <translation>&amp;Trotzdem tun</translation>
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
            <source>Drag</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag from a port</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag it, or Ctrl+Arrows for all of a selected edge</source>
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
            <source>Draw an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw data pipelines, see real data at every step, run the same file anywhere.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw the nodes with the most rows again</source>
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
            <source>Dropped at the end. Without it, a temporary file of the same class stands in.</source>
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
            <source>Errors and warnings found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Esc</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export for headless run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export these rows…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fa&amp;vourite node type, or not</source>
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
            <source>Filter the outline</source>
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
            <source>Folder to export to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>From</source>
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
            <source>History</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How grave</source>
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
            <source>How this sink delivers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In panels</source>
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
            <source>It stays in the menu Help</source>
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
            <source>Kills</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kind</source>
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
            <source>Library</source>
            <translation>Bibliothek</translation>
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
            <source>Look &amp;back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look as the &amp;system does</source>
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
            <source>Mine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move a bend of an edge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move a frame with what it holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move by single pixels, out of line</source>
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
            <source>Move the view there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Move what is selected by the grid</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name of the pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New &amp;window</source>
            <translation>Neues &amp;Fenster</translation>
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
            <source>Next</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No letter{whose} is {state}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No password is set.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No pipeline is shown</source>
            <translation>Keine Pipeline wird gezeigt</translation>
        </message>
        <message>
            <source>No run yet</source>
            <translation>Noch kein Lauf</translation>
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
            <source>Nodes, columns, settings and notes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note</source>
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
            <source>Nothing yet</source>
            <translation>Noch nichts</translation>
        </message>
        <message>
            <source>O&amp;pen the past run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Of which node</source>
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
            <source>Only a reference to the password is written to the file.</source>
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
            <source>Open folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open pipelines</source>
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
            <source>P&amp;ink</source>
            <translation>R&amp;osa</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Params of this node as JSON</source>
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
            <source>Pipeline</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipeline properties</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pipeline se&amp;ttings…</source>
            <translation>Einste&amp;llungen der Pipeline…</translation>
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
            <source>Press a new key for the action</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Preview</source>
            <translation>Vorschau</translation>
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
            <source>Progress of the run</source>
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
            <source>Put an end of an edge elsewhere</source>
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
            <source>Read on until rows are found, or to the end</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading rows…</source>
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
            <source>Redo</source>
            <translation>Wiederholen:</translation>
        </message>
        <message>
            <source>Rehearse</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rehearse a crash</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remove</source>
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
            <source>Rename everywhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rename {old} to {new}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reopen pipelines next time</source>
            <translation>Pipelines beim nächsten Start wieder öffnen</translation>
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
            <source>Row ledger</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows a second by node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows cannot say this: it is edited as text.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows of each source</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rows that wait between the two nodes: where it is full, the node behind is the slower</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run</source>
            <translation>Lauf</translation>
        </message>
        <message>
            <source>Run &amp;with parameters…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run on &amp;pinned rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run the export once and compare its result</source>
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
            <source>Runs the pipeline on a sample of its sources, your code included, kills it at every kind of step and lets it go on. Its targets, checkpoints and run history are not touched: stand-ins take their place.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>S&amp;hrink frame to what it holds</source>
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
            <source>Save as pict&amp;ure…</source>
            <translation>Als &amp;Bild speichern…</translation>
        </message>
        <message>
            <source>Save as…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save report…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the changes to {names}? {it} is running, too.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save, then connect and read the server's version</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save…</source>
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
            <source>Search the library</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search the shortcuts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select &amp;all</source>
            <translation>&amp;Alles auswählen</translation>
        </message>
        <message>
            <source>Select an &amp;edge…</source>
            <translation>&amp;Kante auswählen…</translation>
        </message>
        <message>
            <source>Select more nodes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Select what a rectangle touches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settings</source>
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
            <source>Show runs that went on by the&amp;mselves</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the &amp;difference to disk</source>
            <translation>&amp;Unterschied zur Platte zeigen</translation>
        </message>
        <message>
            <source>Show the file as it stands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the pipeline as it ran, with its counts, ledger and log</source>
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
            <source>Show what was &amp;written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show what was found so far</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Snap to &amp;grid and neighbours</source>
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
            <source>Start again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start again from the first row?</source>
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
            <source>State of the letters shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Step {number} of {of}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop</source>
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
            <source>Take t&amp;heirs from disk</source>
            <translation>Die von der &amp;Platte nehmen</translation>
        </message>
        <message>
            <source>Take the chosen columns out of the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take the tour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take this key away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Test</source>
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
            <source>The module has changed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The picture as it will be</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The pipeline has no parameters; its properties can add some.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The run, and the speed at which its sources read</source>
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
            <source>Theirs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>They are deleted: start again</source>
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
            <source>Took</source>
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
            <source>Two runs of {pipeline}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type a command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig:</translation>
        </message>
        <message>
            <source>Unsaved changes and a run under way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Use it here instead</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Walk along edges, or to the nearest node</source>
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
            <source>What came of it</source>
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
            <source>What fits</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What happens in a run is told here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What people call this node</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What you change here is changed in all of them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Wheel, or Pinch</source>
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
            <source>With the states and counts of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write ${name} in a node's field to use a parameter. A run may set it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write over it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write tables of a server in a schema of their own there</source>
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
            <source>after</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not known yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not run yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>required</source>
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
            <source>several values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>stored in the system's keyring</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{beneath} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{fill:.0%} full</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{found:,} found</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{hidden} more are not shown; solve these first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{label}; undo takes it back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{listed} of {total} listed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name}   not in the input</source>
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
            <source>{per_second:,.0f} rows/s, mean of the run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{read:,} rows read, {found:,} found</source>
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
            <source>{shown:,} of {total:,} lines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{told}. Click to unpin.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>“Here” is the pipeline on the screen, “there” is the file as it is now.</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
