"""Run a person's Python function over the rows."""

import ast
import importlib.util
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.arrow import exact
from summit_studio.core.errors import InvalidParams, LedgerImbalance, SummitError, Untrusted, Where
from summit_studio.core.problems import Fix, Problem
from summit_studio.core.schema import (
    REJECTED,
    Column,
    Schema,
    arrow_type,
    carried,
    rejects_of,
    to_arrow,
)
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.nodes.contract import (
    ROWS,
    Category,
    CodeNode,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Processor,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import TypeName, known_type, require_new

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEMA = {"id": "BIGINT", "name": "VARCHAR"}
_START = "def process(rows):\n    return rows\n"
_FUNCTION = "process"


class OutputColumn(Params):
    """One column that the code gives."""

    name: str = param(doc="Its name.")
    type: TypeName = param("VARCHAR", doc="Its type.", editor=Editor.TYPE)


class PythonParams(Params):
    """Params of `python`."""

    code: str = param(
        _START,
        doc="Python that defines process(rows), which takes a table and returns one.",
        keywords=("script", "function", "source"),
        editor=Editor.PYTHON,
        placeholder=_START,
    )
    frame: Literal["pandas", "polars", "arrow"] = param(
        "pandas",
        doc="What rows is: a pandas DataFrame (with Arrow types, so that whole numbers and nulls"
        " stay what they are), a Polars DataFrame or a pyarrow Table.",
        editor=Editor.CHOICE,
    )
    columns: tuple[OutputColumn, ...] = param(
        (),
        doc="The columns that process returns; none means the same as the input.",
        editor=Editor.RECORDS,
    )
    whole: bool = param(
        False,
        doc="Give all rows at once; else process is called for one batch after the other.",
        editor=Editor.TOGGLE,
    )
    keeps_state: bool = param(
        True,
        doc="process may remember something from one batch to the next, such as a count. Turn it "
        "off where each batch stands by itself: a load that died then goes on behind this node.",
        editor=Editor.TOGGLE,
    )


class Python(CodeNode[PythonParams]):
    """Run a Python function over the rows, with pandas, Polars or Arrow.

    Runs only in a trusted workspace. The result must have the declared columns; values are cast to
    the declared types where nothing is lost by it.
    """

    id = "python"
    title = "Python"
    category = Category.CODE
    icon = "python"
    keywords = ("script", "code", "function", "pandas", "polars", "arrow", "custom", "apply")
    params_class = PythonParams
    inputs = (ROWS,)
    outputs = (ROWS,)
    can_reject = True
    examples = (
        Example(
            "Names in capitals, with pandas; nulls stay null",
            {"code": "def process(rows):\n    return rows.assign(name=rows['name'].str.upper())\n"},
            given={"rows": Rows(_SCHEMA, [(1, "Ada"), (None, "Ben"), (3, None)])},
            expected={"rows": Rows(_SCHEMA, [(1, "ADA"), (None, "BEN"), (3, None)])},
            code=True,
        ),
        Example(
            "Other columns, with Arrow",
            {
                "code": "import pyarrow.compute as pc\n\n\n"
                "def process(rows):\n"
                "    return rows.append_column('letters', pc.utf8_length(rows['name']))"
                ".select(['letters', 'id'])\n",
                "frame": "arrow",
                "columns": [
                    {"name": "id", "type": "BIGINT"},
                    {"name": "letters", "type": "BIGINT"},
                ],
            },
            given={"rows": Rows(_SCHEMA, [(1, "Ada"), (2, None)])},
            expected={"rows": Rows({"id": "BIGINT", "letters": "BIGINT"}, [(1, 3), (2, None)])},
            code=True,
        ),
    )

    def __init__(
        self, params: PythonParams, node_id: str = "node", title: str | None = None
    ) -> None:
        super().__init__(params, node_id, title)
        self.whole = params.whole
        self.keeps_state = params.keeps_state

    def epoch_fixes(self, context: DesignContext) -> tuple[Fix, ...]:
        """Return the promise that the code remembers nothing."""
        del context
        if self.whole or not self.keeps_state:
            return ()
        return (Fix("Each batch stands by itself", self.node_id, (("keeps_state", False),)),)

    def summary(self) -> str:
        """Return the frame, and the columns where they are declared."""
        names = ", ".join(column.name for column in self.params.columns)
        return f"{self.params.frame}: {names}" if names else self.params.frame

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield a problem where the package for the frame is missing."""
        del inputs, context
        if self.params.frame != "arrow" and importlib.util.find_spec(self.params.frame) is None:
            yield self.problem(
                "package_missing",
                f"{self.params.frame} is not installed",
                field_name="frame",
                do=f"install summit-studio[{self.params.frame}], or take arrow as the frame",
                fixes=(Fix("Use Arrow", self.node_id, (("frame", "arrow"),)),),
            )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the declared columns, or those of the input. Reads the code, runs none of it."""
        (schema,) = inputs["rows"]
        check_code(self.params.code)
        taken: list[str] = []
        columns = []
        for index, column in enumerate(self.params.columns):
            require_new(column.name, taken, f"columns.{index}.name")
            taken.append(column.name)
            kind = known_type(column.type, context.binder, f"columns.{index}.type")
            columns.append(Column(column.name, kind))
        output = Schema(tuple(columns)) if columns else schema
        return {"rows": carried(output), REJECTED: rejects_of(schema)}

    def open(self, inputs: Inputs, output: Schema, context: RunContext) -> Processor:
        """Compile the code and return what runs it.

        Raises:
            Untrusted: The workspace is not trusted to run code.
            SummitError: The code cannot be compiled, or fails outside its function.
        """
        del inputs
        if not context.workspace.trusted:
            raise Untrusted(
                f"Cannot run the code of '{self.node_title}'",
                why="the workspace is not trusted",
                do="read the code, then trust the workspace with `summit trust`",
                where=self.place("code"),
            )
        return _Running(self.params, output, self.place("code"))


def check_code(code: str) -> None:
    """Look at code without running it: does it parse, and does it define `process(rows)`?

    Raises:
        InvalidParams: It does not; `where.line` names the line.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise _wrong(
            f"line {error.lineno}: {error.msg}", "correct the line", error.lineno
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise _wrong(str(error) or "it is nested too deeply", "write it more simply") from None
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == _FUNCTION]
    if not found:
        awaited = [n for n in tree.body if isinstance(n, ast.AsyncFunctionDef)]
        if any(n.name == _FUNCTION for n in awaited):
            raise _wrong("process is async", "write def without async", awaited[0].lineno)
        raise _wrong("it defines no function process", "start with: def process(rows):")
    takes = found[-1].args
    needed = len(takes.posonlyargs) + len(takes.args) - len(takes.defaults)
    most = len(takes.posonlyargs) + len(takes.args)
    only_named = [a for a, d in zip(takes.kwonlyargs, takes.kw_defaults, strict=True) if d is None]
    if needed > 1 or (most == 0 and takes.vararg is None) or only_named:
        line = found[-1].lineno
        raise _wrong(f"line {line}: process must take one argument", "write process(rows)", line)


def _wrong(why: str, do: str, line: int | None = None) -> InvalidParams:
    return InvalidParams(
        "The code cannot be used",
        why=why,
        do=do,
        code="code_invalid",
        where=Where(param="code", line=line),
    )


class _Running(Processor):
    """Compiled code; keeps what the code keeps between batches."""

    def __init__(self, params: PythonParams, output: Schema, place: Where) -> None:
        self._frame, self._output, self._place = params.frame, output, place
        self._file = f"<python node {place.node_id}>"
        check_code(params.code)
        self._function = self._compile(params.code)

    def process(self, batch: "pa.Table") -> "pa.Table":
        """Return what the code makes of a batch, in the declared columns and types."""
        given = self._framed(batch)
        self._same_rows("given to the code", batch.num_rows, len(given))
        result = self._guarded(lambda: self._function(given))
        table = self._checked(result)
        self._same_rows("returned by it", table.num_rows, len(result))
        return table

    def _same_rows(self, what: str, ours: int, frames: int) -> None:
        """Hold our count of rows against the frame's own."""
        if ours != frames:
            raise LedgerImbalance(
                "The row ledger does not balance",
                why=f"of the rows {what} we count {ours:,}, and the frame {frames:,}",
                do="report this with the pipeline; nothing was published",
                where=self._place,
            )

    def _compile(self, code: str) -> Callable[[Any], Any]:
        space: dict[str, Any] = {"__name__": f"summit_python_{self._place.node_id}"}
        self._guarded(lambda: exec(compile(code, self._file, "exec"), space))  # noqa: S102 - trusted
        function = space.get(_FUNCTION)
        if not callable(function):
            raise self._error("The code cannot be used", "process is no function any more")
        made: Callable[[Any], Any] = function
        return made

    def _guarded(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - any fault of theirs is reported
            frames = traceback.extract_tb(error.__traceback__)
            line = next((f.lineno for f in reversed(frames) if f.filename == self._file), None)
            shown = traceback.format_exception_only(error)[-1].strip()
        # Raised out here, so that their exception, whose frames hold rows, is not carried along.
        raise self._error("The code failed", f"line {line}: {shown}" if line else shown, line)

    def _framed(self, batch: "pa.Table") -> Any:
        if self._frame == "arrow":
            return batch
        if self._frame == "polars":
            return self._module("polars").from_arrow(batch)
        pandas = self._module("pandas")
        nullable = {kind: getattr(pandas, f"{name}Dtype")() for kind, name in _nullable()}
        # pandas' own nullable kinds know every operator; Arrow's keep dates and decimals exact.
        return batch.to_pandas(types_mapper=lambda t: nullable.get(t) or pandas.ArrowDtype(t))

    def _module(self, name: str) -> Any:
        try:
            return importlib.import_module(name)
        except ImportError:
            raise self._error(
                f"The code needs {name}",
                f"{name} is not installed here",
                do=f"install summit-studio[{name}], or take arrow as the frame",
            ) from None

    def _checked(self, result: Any) -> "pa.Table":
        import pyarrow as pa

        table = self._as_table(result)
        columns = []
        for column in self._output:
            matches = [n for n in table.column_names if n.casefold() == column.name.casefold()]
            if len(matches) != 1:
                raise self._missing(column, table.column_names)
            columns.append(self._cast(table.column(matches[0]), column))
        extra = [name for name in table.column_names if name not in self._output]
        if extra:
            raise self._error(
                f"The code returned columns nobody declared: {listing(extra)}",
                f"declared are {listing(self._output.names)}",
                do="declare them in Columns, or leave them out of the result",
            )
        return pa.table(columns, schema=to_arrow(self._output))

    def _as_table(self, result: Any) -> "pa.Table":
        import pyarrow as pa

        kind = type(result)
        package = kind.__module__.partition(".")[0]
        if isinstance(result, pa.RecordBatch):
            return pa.Table.from_batches([result])
        if isinstance(result, pa.Table):
            return result
        if kind.__name__ == "DataFrame" and package == "polars":
            return result.to_arrow()
        if kind.__name__ == "DataFrame" and package == "pandas":
            return self._from_pandas(result)
        raise self._error(
            "The code returned no table",
            f"process returned {'nothing' if result is None else kind.__name__}",
            do=f"return a {self._frame} table",
        )

    def _from_pandas(self, result: Any) -> "pa.Table":
        import pyarrow as pa

        try:
            return pa.Table.from_pandas(result, preserve_index=False)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise self._error(
                "The result cannot be read",
                _last(error),
                do="give each column values of one kind",
            ) from None

    def _cast(self, values: "pa.ChunkedArray", column: Column) -> "pa.ChunkedArray":
        import pyarrow as pa

        wanted = arrow_type(column.type)
        try:
            return exact(values, wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            raise self._error(
                f"The code returned another type for column '{column.name}'",
                f"{column.type} is declared, the result has {values.type}, and not all values fit",
                do="convert it in the code, or declare the type it has",
                column=column.name,
            ) from None

    def _missing(self, column: Column, got: list[str]) -> SummitError:
        near = did_you_mean(column.name, got)
        twice = [name for name in got if name.casefold() == column.name.casefold()]
        return self._error(
            f"The code returned column '{column.name}' {'twice' if twice else 'not at all'}",
            f"it returned {listing(got) or 'no columns'}",
            do=f"rename '{near}', or correct the declared columns"
            if near and not twice
            else "return exactly the declared columns",
            column=column.name,
        )

    def _error(
        self,
        what: str,
        why: str,
        line: int | None = None,
        *,
        do: str = "correct the code",
        column: str | None = None,
    ) -> SummitError:
        place = Where(
            node_id=self._place.node_id,
            node_title=self._place.node_title,
            param=self._place.param,
            line=line,
            column=column,
        )
        return SummitError(what, why=why, do=do, code="code_failed", where=place)


def _nullable() -> list[tuple[Any, str]]:
    """Return the Arrow types for which pandas has a nullable kind of its own."""
    import pyarrow as pa

    whole = [(getattr(pa, f"{u}int{n}")(), f"{u.upper()}Int{n}") for u in ("", "u") for n in
             (8, 16, 32, 64)]  # fmt: skip
    rest = [(pa.float32(), "Float32"), (pa.float64(), "Float64"), (pa.bool_(), "Boolean")]
    return [*whole, *rest, (pa.string(), "String")]


def _last(error: Exception) -> str:
    return str(error.args[0] if error.args else error).split("\n", 1)[0]
