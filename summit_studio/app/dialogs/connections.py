"""The connections of the workspace: list, add, change, try. Passwords go to the secret store."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import Vacancy
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Job, Unsure
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.core.ids import unique_id
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import FILE_KINDS, Connection, fault_of, unfit_keys
from summit_studio.workspace.workspace import Workspace, delete_connection, save_connection

_LIMIT_SECS = 15.0
_KINDS = {
    "postgres": mark("PostgreSQL"),
    "sqlite": mark("SQLite file"),
    "duckdb": mark("DuckDB file"),
}
_KEEP = "unchanged"
_BREAKER = {
    "breaker_failures": (
        mark("Pause after failed calls"),
        mark(
            "Calls in a row that fail in a way that may pass, after which the system is "
            "left alone; 0: never"
        ),
    ),
    "breaker_timeout_secs": (
        mark("Length of the pause, seconds"),
        mark("For how long no call is made then; after that it is tried again"),
    ),
    "breaker_successes": (
        mark("Resume after good calls"),
        mark("Calls in a row that must succeed then, before it is used as before"),
    ),
}
_TLS = {
    "ssl_root_cert": (
        mark("Trusted authorities"),
        mark("File of the authorities that may vouch for the server, or 'system'"),
    ),
    "ssl_cert": (
        mark("Own certificate"),
        mark("File of the certificate to show to the server, where it asks for one"),
    ),
    "ssl_key": (
        mark("Key of the certificate"),
        mark("File of its key, which only you may read"),
    ),
}
_SESSIONS = {
    "pool_size": (
        mark("Most sessions"),
        mark(
            "Sessions that a run has open at once. Few spare the server, and nodes wait for each "
            "other; a run that needs more at once ends"
        ),
    ),
    "idle_timeout_secs": (
        mark("Close idle ones after, seconds"),
        mark("Short: fewer places on the server are held. Long: fewer sessions are opened anew"),
    ),
    "max_uses": (
        mark("Uses of a session"),
        mark(
            "How often one is used before another is opened in its place. Few: what a server "
            "keeps for a session cannot grow, and opening takes time"
        ),
    ),
    "connect_timeout_secs": (
        mark("Wait for a session, seconds"),
        mark(
            "For the server to answer, or for one of the most sessions. Short: a slow day ends "
            "the run. Long: it is noticed later that nobody answers"
        ),
    ),
    "statement_timeout_secs": (
        mark("Longest statement, seconds"),
        mark("A whole copy of a table counts as one; 0: no limit. Short: large tables fail"),
    ),
    "keepalive_secs": (
        mark("Ask after silence of, seconds"),
        mark(
            "Whether the server is still there. Short: a lost link is noticed soon, and a short "
            "break of the network ends what is under way"
        ),
    ),
}
_LOCKS = {
    "lock_timeout_secs": (
        mark("Wait for a lock, seconds"),
        mark("That another session holds. Short: busy tables end the run. 0: for ever"),
    ),
}


class ConnectionsDialog(QDialog):
    """Left the list, right the chosen one's form. The password field only ever writes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._name: str | None = None
        self._unsure = Unsure(_LIMIT_SECS, self)
        self.setWindowTitle(tr("Connections"))
        self.resize(720, 480)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Connections of this workspace"))
        self.list.setMaximumWidth(220)
        self.list.currentTextChanged.connect(self._chosen)
        self.vacancy = Vacancy(
            self.list, "connection", tr("No connections yet"), tr("Fill in the form, then save.")
        )
        self.fields: dict[str, QLineEdit] = {}
        self.kind = QComboBox()
        self.ssl_mode = QComboBox()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._build()
        self._fill()
        session.workspace_changed.connect(self._refill)

    def _build(self) -> None:
        for kind, title in _KINDS.items():
            self.kind.addItem(tr(title), kind)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.ssl_mode.addItem(tr("Prefer (usual)"), None)
        for mode in ("disable", "allow", "require", "verify-ca", "verify-full"):
            self.ssl_mode.addItem(mode, mode)
        self._form = QFormLayout()
        self._form.setSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        hints = {
            "name": "warehouse",
            "host": "localhost",
            "port": "5432",
            "database": "shop",
            "user": "ana",
            "password": tr("stored in the system's keyring"),
            "path": "data/shop.db",
        }
        self._line("name", tr("Name"), hints)
        self._form.addRow(tr("Kind"), self.kind)
        self._line("host", tr("Host"), hints)
        self._line("port", tr("Port"), hints)
        self._line("database", tr("Database"), hints)
        self._line("user", tr("User"), hints)
        self._line("password", tr("Password"), hints)
        self.fields["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self._form.addRow(tr("TLS"), self.ssl_mode)
        self._lines(_TLS)
        self._line("path", tr("File"), hints)
        self._section(tr("Sessions"))
        self._lines(_SESSIONS | _LOCKS)
        self._section(tr("When calls fail"))
        self._lines(_BREAKER)
        self.reference = QLabel()
        self.reference.setProperty("role", "hint")
        self.reference.setWordWrap(True)
        self._form.addRow("", self.reference)
        self.test_button = QPushButton(tr("Test"))
        self.test_button.setToolTip(tr("Save, then connect and read the server's version"))
        self.test_button.clicked.connect(self.test)
        self.save_button = QPushButton(tr("Save"))
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        self._place()

    def _place(self) -> None:
        add, remove = QPushButton(tr("Add")), QPushButton(tr("Delete"))
        add.clicked.connect(self.add)
        remove.clicked.connect(self.remove)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        under = QHBoxLayout()
        under.addWidget(add)
        under.addWidget(remove)
        left.addLayout(under)
        row = QHBoxLayout()
        row.addWidget(self.test_button)
        row.addStretch(1)
        row.addWidget(self.save_button)
        form = QWidget()
        form.setLayout(self._form)
        scroll = QScrollArea()
        scroll.setWidget(form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(scroll, 1)
        right.addWidget(self.status)
        right.addLayout(row)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left)
        both.addLayout(right, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(both, 1)
        column.addWidget(buttons)

    def _line(self, key: str, title: str, hints: dict[str, str]) -> None:
        line = QLineEdit()
        line.setPlaceholderText(hints.get(key, ""))
        line.setAccessibleName(title)
        self.fields[key] = line
        self._form.addRow(title, line)

    def _section(self, title: str) -> None:
        about = QLabel(title)
        about.setProperty("role", "section")
        about.setContentsMargins(0, 8, 0, 0)
        self._form.addRow(about)

    def _lines(self, meanings: dict[str, tuple[str, str]]) -> None:
        for key, (title, meaning) in meanings.items():
            default = Connection.model_fields[key].default
            self._line(key, tr(title), {key: tr("none") if default is None else f"{default:g}"})
            self.fields[key].setToolTip(tr(meaning))

    def choose(self, name: str) -> None:
        """Show the form of a connection."""
        for item in self.list.findItems(name, Qt.MatchFlag.MatchExactly):
            self.list.setCurrentItem(item)

    def _fill(self, choose: str | None = None) -> None:
        self.list.clear()
        names = list(self._session.workspace.connections)
        self.list.addItems(names)
        if names:
            self.list.setCurrentRow(names.index(choose) if choose in names else 0)
        else:
            self.add()

    @Slot()
    def _refill(self) -> None:
        """Show connections that came or went elsewhere; what is typed in the form stays."""
        names = list(self._session.workspace.connections)
        if names == [self.list.item(row).text() for row in range(self.list.count())]:
            return
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems(names)
            self.list.setCurrentRow(names.index(self._name) if self._name in names else -1)

    @Slot(str)
    def _chosen(self, name: str) -> None:
        connection = self._session.workspace.connections.get(name)
        if connection is None:
            return
        self._name = name
        for key, line in self.fields.items():
            value = "" if key == "password" else getattr(connection, key)
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            line.setText("" if value is None else shown)
        self.fields["password"].setPlaceholderText(_KEEP if connection.password else tr("none"))
        self.reference.setText(
            tr("Password: {password}", password=connection.password)
            if connection.password
            else tr("No password is set.")
        )
        self.kind.setCurrentIndex(self.kind.findData(connection.kind))
        self.ssl_mode.setCurrentIndex(max(0, self.ssl_mode.findData(connection.ssl_mode)))
        self.status.setText("")
        self._kind_changed()

    @Slot()
    def _kind_changed(self) -> None:
        unfit = unfit_keys(self.kind.currentData())
        file = self.kind.currentData() in FILE_KINDS
        for key in (*self.fields, "ssl_mode"):
            widget = self.ssl_mode if key == "ssl_mode" else self.fields[key]
            self._form.setRowVisible(widget, key not in unfit)
        self._form.setRowVisible(self.reference, not file)

    @Slot()
    def add(self) -> None:
        """Clear the form for a new connection."""
        self._name = None
        self.list.setCurrentRow(-1)
        for line in self.fields.values():
            line.clear()
        taken = self._session.workspace.connections
        self.fields["name"].setText(unique_id("database", taken))
        self.fields["password"].setPlaceholderText(tr("stored in the system's keyring"))
        self.reference.setText(tr("Only a reference to the password is written to the file."))
        self.status.setText("")
        self.fields["name"].setFocus()
        self.fields["name"].selectAll()
        self._kind_changed()

    @Slot()
    def remove(self) -> None:
        """Delete the chosen connection from the workspace's file."""
        if self._name is None:
            return
        try:
            delete_connection(self._session.workspace.root, self._name)
        except SummitError as error:
            self._say(error)
            return
        self._session.reload_workspace()
        self._fill()

    @Slot()
    def save(self) -> None:
        """Write the connection; a password typed in goes to the secret store first."""
        self._save(lambda: None)

    @Slot()
    def test(self) -> None:
        """Save, connect, and tell what answered."""
        self._save(self._test)

    def connection(self) -> Connection:
        """Return the connection as the form says it.

        Raises:
            SummitError: A field does not fit.
        """
        from pydantic import ValidationError

        values = self._unshown() | {"kind": self.kind.currentData()}
        unfit = unfit_keys(values["kind"])
        file = values["kind"] in FILE_KINDS
        for key, line in self.fields.items():
            text = line.text().strip()
            if text and key != "password" and key not in unfit:
                values[key] = int(text) if key == "port" and text.isdigit() else text
        if not file:
            values["ssl_mode"] = self.ssl_mode.currentData()
            values["password"] = self._reference(values.get("name", ""))
        try:
            return Connection(**values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            named = first["loc"] == ("name",)
            raise SummitError(
                tr("Cannot save the connection"),
                why=tr("the name does not fit") if named else fault_of(dict(first)),
                do=tr("use letters, digits, _ and -, a letter first")
                if named
                else tr("correct the field"),
                code="connection_invalid",
            ) from None

    def _unshown(self) -> dict[str, Any]:
        """Return what the connection holds that this form has no field for."""
        known = self._session.workspace.connections.get(self._name or "")
        shown = {*self.fields, "kind", "ssl_mode"}
        return {k: v for k, v in known.to_toml().items() if k not in shown} if known else {}

    def _reference(self, name: str) -> str | None:
        known = self._session.workspace.connections.get(self._name or "")
        if self.fields["password"].text():
            return f"keyring:{name}"
        return known.password if known else None

    def _save(self, then: Any) -> None:
        root = self._session.workspace.root
        try:
            connection = self.connection()
        except SummitError as error:
            self._say(error)
            return
        password = self.fields["password"].text()
        renamed = self._name if self._name not in {None, connection.name} else None

        def work() -> None:
            root.mkdir(parents=True, exist_ok=True)
            if password:
                SecretStore(root=root).set_secret(connection.name, password)
            save_connection(root, connection, was=renamed)

        def done(_: object) -> None:
            self.fields["password"].clear()
            self._session.reload_workspace()
            self._fill(connection.name)
            self._tell(tr("Saved."))
            then()

        self._run(work, done, tr("Saving…"))

    def _test(self) -> None:
        name = self._name
        if name is None:
            return
        workspace = Workspace.open(self._session.workspace.root)

        def work() -> str:
            from summit_studio.connectors.opening import open_database

            secrets = SecretStore(root=workspace.root)
            with open_database(workspace.connection(name), secrets, workspace) as database:
                return database.test()

        self._run(
            work,
            lambda answer: self._tell(tr("Connected: {answer}", answer=answer)),
            tr("Connecting…"),
        )

    def _run(self, work: Any, done: Any, text: str) -> None:
        if self._unsure.busy:
            return
        self._tell(text)
        for button in (self.test_button, self.save_button):
            button.setEnabled(False)

        def finished(answer: Any) -> None:
            self._free()
            done(answer)

        def failed(error: Exception) -> None:
            self._free()
            self._say(error)

        def late() -> None:
            self._free()
            self._tell(
                tr(
                    "No answer within {limit_secs:.0f} s. Check host and port.",
                    limit_secs=_LIMIT_SECS,
                ),
                "error",
            )

        self._unsure.start(Job(work, finished, failed), late)

    def _free(self) -> None:
        for button in (self.test_button, self.save_button):
            button.setEnabled(True)

    def _say(self, error: Exception) -> None:
        notice = Notice.of(error)
        self._tell(f"{notice.text}. {notice.detail}", "error")

    def _tell(self, text: str, role: str = "hint") -> None:
        self.status.setProperty("role", role)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)
