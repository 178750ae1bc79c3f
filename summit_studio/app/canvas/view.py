"""The view: turns events into gestures and gestures into edits."""

from typing import TypeVar

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from summit_studio.app.canvas.drop_zone import NODE_TYPE_MIME
from summit_studio.app.canvas.face import Faces
from summit_studio.app.canvas.frame_editor import FrameEditor
from summit_studio.app.canvas.geometry import along
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.gestures.cutting import CutGesture
from summit_studio.app.canvas.gestures.framing import DrawFrameGesture
from summit_studio.app.canvas.gestures.looking import PanGesture
from summit_studio.app.canvas.gestures.picking import pick
from summit_studio.app.canvas.gestures.resizing import ResizeGesture
from summit_studio.app.canvas.gliding import Glide
from summit_studio.app.canvas.keys import Keys
from summit_studio.app.canvas.note_editor import NoteEditor
from summit_studio.app.canvas.note_item import DEFAULT_SIZE
from summit_studio.app.canvas.requests import AddRequest, ContextRequest
from summit_studio.app.canvas.style import Detail
from summit_studio.app.canvas.workbench import Workbench
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.bridge import Bridge, Changed
from summit_studio.app.session.selection import Bend, Selection
from summit_studio.document.edits import Edit
from summit_studio.document.framing import folded
from summit_studio.document.model import Point

__all__ = ["NODE_TYPE_MIME", "CanvasView"]

T = TypeVar("T")

_WHEEL_STEP = 1.15
_NOTCH = 120.0
_LEFT = Qt.MouseButton.LeftButton
_MIDDLE = Qt.MouseButton.MiddleButton


class CanvasView(Workbench):
    """Shows the bridge's document and edits it.

    Signals carry the dataclasses of `requests`: `node_dropped` a NodeDropped, `files_dropped` a
    FilesDropped, `add_requested` an AddRequest, `context_requested` a ContextRequest;
    `node_activated` and `letters_asked` carry a node id, `refused` a sentence that says why a
    gesture did nothing. `path_left` is sent when a path is lit no more.
    """

    context_requested = Signal(object)
    path_left = Signal()

    def __init__(
        self, bridge: Bridge, faces: Faces, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(bridge, faces, theme, parent)
        self._gesture: Gesture | None = None
        self._keys = Keys(self, self.cancel_gesture_or_selection)
        self._notes = NoteEditor(self)
        self._glide = Glide(self)
        # What the next press begins, where a key asked for it.
        self._next: type[CutGesture | DrawFrameGesture] | None = None
        self._titles = FrameEditor(self)
        # Space is both the hand, while held, and a request for a node, when only tapped.
        self._space: bool | None = None
        self.setAccessibleName(tr("Canvas"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.scene().show_document(bridge.document)
        bridge.changed.connect(self._changed)
        self.writing_asked.connect(self.edit_note)
        self.naming_asked.connect(self.name_frame)
        self.frame_made.connect(self._frame_made)
        self._menu_place: Point | None = None

    # What the window asks for

    def select_all(self) -> None:
        """Select everything."""
        shown = self.scene().shown
        nodes, edges, notes = tuple(shown.nodes), tuple(shown.edges), tuple(shown.notes)
        self.select(Selection(nodes, edges, notes, tuple(shown.frames)))

    def cut_next(self) -> None:
        """Take the next stroke of the mouse for one that cuts edges; Escape takes that back."""
        self._next = CutGesture
        self._show_cursor(CutGesture.cursor)

    def frame_next(self) -> None:
        """Take the next drag of the mouse for one that draws a frame; Escape takes that back."""
        self._next = DrawFrameGesture
        self._show_cursor(DrawFrameGesture.cursor)

    @Slot(object)
    def edit_note(self, note_id: str) -> None:
        """Edit the text of a note where it stands."""
        self.ensure_seen(self.scene().shown.notes[note_id].frame)
        self._notes.edit(self.scene().shown.notes[note_id])

    def write_note(self, place: Point) -> None:
        """Let a person write a new note, its upper left at a place."""
        self.ensure_seen(QRectF(*place, *DEFAULT_SIZE))
        self._notes.begin((*place, *DEFAULT_SIZE))

    def take_menu_place(self) -> Point | None:
        """Return where the menu of the canvas or an edge was last asked for, once, or None."""
        place, self._menu_place = self._menu_place, None
        return place

    def ask_for_menu(self) -> None:
        """Ask for the menu of what is selected, where it stands; else of the empty canvas."""
        chosen, shown = self.scene().selection, self.scene().shown
        node, edge, note = _last(chosen.nodes), _last(chosen.edges), _last(chosen.notes)
        frame = _last(chosen.frames)
        x, y = self.middle().toTuple()
        if node is not None:
            x, y = shown.rect_of(node).bottomLeft().toTuple()
        elif edge is not None:
            x, y = along(shown.edges[edge].curve, 0.5)
        elif note is not None:
            x, y = shown.notes[note].left, shown.notes[note].top
        elif frame is not None:
            x, y = shown.frames[frame].left, shown.frames[frame].top
        spot = self.mapFromScene(x, y)
        room = self.viewport().rect()
        spot.setX(max(room.left(), min(spot.x(), room.right())))
        spot.setY(max(room.top(), min(spot.y(), room.bottom())))
        place, at = self.place(spot), self.viewport().mapToGlobal(spot)
        self.context_requested.emit(ContextRequest(place, at, node, edge, note, frame))

    @Slot(object)
    def name_frame(self, frame_id: str) -> None:
        """Edit the title of a frame where it stands."""
        item = self.scene().shown.frames[frame_id]
        self.ensure_seen(item.title_room())
        self._titles.edit(item)

    @Slot(object)
    def _frame_made(self, frame_id: str) -> None:
        self.select(Selection(frames=(frame_id,)))
        self.name_frame(frame_id)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.scene().set_theme(theme)
        self.viewport().update()

    def glide(self, edit: Edit) -> bool:
        """Make an edit that moves much, and show how; return False where it was refused."""
        self._cancel_gesture()
        return self._glide.show(edit)

    # What the gesture at hand needs

    def cancel_gesture_or_selection(self) -> None:
        """Cancel the gesture at hand; where there is none, select nothing."""
        if self._next is not None:
            self._next = None
            self._show_cursor(None)
        elif not self._cancel_gesture() and not self.leave_path():
            self.scene().select(Selection())

    def leave_path(self) -> bool:
        """Dim nothing any more; return False where nothing was."""
        lit = self.scene().path_shown
        if lit:
            self.scene().show_path(None)
            self.path_left.emit()
        return lit

    @Slot(object)
    def _changed(self, change: Changed) -> None:
        # A gesture holds on to what it began with; an edit from elsewhere ends it.
        if change.document is not self.scene().document:
            self._glide.stop()
            self._cancel_gesture()
        self.scene().show_document(change.document)
        self.view_changed.emit()

    def _cancel_gesture(self) -> bool:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
            self._show_cursor(None)
        return gesture is not None

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._glide.stop()
        self._menu_place = None
        if self._gesture is not None:
            return
        at = self._pointer(event)
        if event.button() == _MIDDLE or (event.button() == _LEFT and self._space is not None):
            self._space = False if self._space is not None else None
            self._begin(PanGesture(self), at)
        elif event.button() == _LEFT:
            wanted, self._next = self._next, None
            self._begin(wanted(self) if wanted is not None else pick(self, at), at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what lies under the pointer."""
        at = self._pointer(event)
        if self._gesture is not None:
            self._gesture.move(at)
        else:
            self._hover(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        if self._gesture is not None and event.button() in (_LEFT, _MIDDLE):
            gesture, self._gesture = self._gesture, None
            gesture.end(self._pointer(event))
            self._hover(self._pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what lies there; on empty canvas ask for a node."""
        at = self._pointer(event)
        found = self.scene().hit(at.x, at.y)
        if event.button() != _LEFT:
            return
        if found.node is not None:
            self.node_activated.emit(found.node.node.id)
        elif found.note is not None:
            self.edit_note(found.note.note.id)
        elif found.frame is not None and found.frame.collapsed:
            self.commit(folded(found.frame.id, found.frame.shown))
        elif found.frame is not None and not found.frame.on_sign(at.x, at.y):
            self.name_frame(found.frame.id)
        elif found.edge is not None:
            self.bend_or_straighten(found.edge.edge, self.place(at.spot), found.bend)
        elif found.frame is None:
            self.add_requested.emit(AddRequest(self.place(at.spot), at.screen))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what lies there and ask for its menu; by its key, that of what is selected."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.ask_for_menu()
            return
        found = self.scene().hit(*self.mapToScene(event.pos()).toTuple())
        node = found.node.node.id if found.node else None
        edge = found.edge.edge if found.edge else None
        note = found.note.note.id if found.note else None
        frame = found.frame.id if found.frame else None
        chosen = self.scene().selection
        bend = Bend(edge, found.bend) if edge is not None and found.bend is not None else None
        nothing = (node, edge, note, frame) == (None, None, None, None)
        if not nothing and not (
            node in chosen.nodes
            or edge in chosen.edges
            or note in chosen.notes
            or frame in chosen.frames
            or bend in chosen.bends
        ):
            sheets = _some(note), _some(frame)
            self.select(
                Selection(_some(node), _some(edge), *sheets)
                if bend is None
                else Selection(bends=(bend,))
            )
        place = self.place(event.pos())
        self._menu_place = place if nothing or edge is not None else None
        request = ContextRequest(place, event.globalPos(), node, edge, note, frame)
        self.context_requested.emit(request)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing lies under the pointer any more."""
        self.scene().hover(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the cursor; pan on a touch pad, or sideways with Shift."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        turned = event.angleDelta()
        # Some platforms turn the wheel sideways themselves while Shift is held.
        notches = turned.y() or turned.x()
        fine = event.pixelDelta()
        if not fine.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase and not control:
            self.pan(-fine.x(), -fine.y())
        elif shift:
            self.pan(-notches, 0)
        else:
            self.set_zoom(self.zoom * _WHEEL_STEP ** (notches / _NOTCH), event.position().toPoint())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by pinching; tell what a badge under the pointer means."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            x, y = self.mapToScene(event.pos()).toTuple()
            found = self.scene().hit(x, y)
            full = self.scene().stage.detail is Detail.FULL
            tip = found.node.tip_at(x, y) if found.node and full else ""
            tip = found.frame.tip() if found.frame else tip
            link = found.note.link_at(x, y) if found.note else ""
            QToolTip.showText(
                event.globalPos(), tr("Click to open {link}", link=link) if link else tip, self
            )
            return True
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    def _begin(self, gesture: Gesture, at: Pointer) -> None:
        self._gesture = gesture
        self.scene().hover(None)
        self._show_cursor(gesture.cursor)
        gesture.start(at)

    def _hover(self, at: Pointer) -> None:
        if self._space is not None:
            self._show_cursor(Qt.CursorShape.OpenHandCursor)
            return
        if self._next is not None:
            self._show_cursor(self._next.cursor)
            return
        found = self.scene().hit(at.x, at.y)
        self.scene().hover(found.node or found.edge or found.note or found.frame)
        if found.node is not None and not found.spot and found.node.on_letters(at.x, at.y):
            self._show_cursor(Qt.CursorShape.PointingHandCursor)
            return
        sheet = found.note or found.frame
        if sheet is not None and sheet.on_grip(at.x, at.y):
            self._show_cursor(ResizeGesture.cursor)
            return
        if found.frame is not None and found.frame.on_sign(at.x, at.y):
            self._show_cursor(Qt.CursorShape.PointingHandCursor)
            return
        if found.note is not None and found.note.link_at(at.x, at.y):
            self._show_cursor(Qt.CursorShape.PointingHandCursor)
            return
        self._show_cursor(Qt.CursorShape.CrossCursor if found.spot else None)

    def _show_cursor(self, shape: Qt.CursorShape | None) -> None:
        if shape is None:
            self.viewport().unsetCursor()
        else:
            self.viewport().setCursor(shape)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        spot = event.position()
        x, y = self.exact(spot)
        return Pointer(x, y, spot.toPoint(), event.globalPosition().toPoint(), event.modifiers())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on a key that means something here, and leave the others to the window."""
        self._glide.stop()
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space = True
                self._show_cursor(Qt.CursorShape.OpenHandCursor)
        elif not self._keys.press(event):
            # Not to QGraphicsView, which scrolls by keys.
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space only tapped, and not used as a hand, asks for a node."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            tapped, self._space = self._space, None
            self._show_cursor(None)
            if tapped:
                self.ask_for_node()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the hand: the release of its key goes elsewhere."""
        self._space = None
        super().focusOutEvent(event)


def _last(items: tuple[T, ...]) -> T | None:
    return items[-1] if items else None


def _some(item: T | None) -> tuple[T, ...]:
    return () if item is None else (item,)
