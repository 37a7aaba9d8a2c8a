"""Arrow arrays seen as NumPy arrays and the other way round, without going through Python, nulls and all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.column import Array, as_array, positions


def whole(table: pa.Table, name: str) -> Any:
    """A column in one piece."""
    column = table.column(name)
    if column.num_chunks == 1:
        # Combining would copy it.
        return column.chunk(0)
    column = column.combine_chunks()
    # A column of no chunk at all comes back as a chunked array.
    return pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column


def valid(column: Any) -> Array:
    """Which values are not null."""
    if not column.null_count:
        return np.ones(len(column), dtype=bool)
    return _bits(column.buffers()[0], column.offset, len(column))


def nulls(column: Any) -> Array:
    """The positions of the nulls."""
    return positions(~valid(column)) if column.null_count else np.zeros(0, dtype=np.int64)


def truths(column: Any) -> Array:
    """The values of a bool array; anything where they are null."""
    return _bits(column.buffers()[1], column.offset, len(column))


def numbers(column: Any, dtype: Any) -> Array:
    """The values of an array of integers or dates, as ``dtype``, which must hold them; anything where they are null."""
    stored = np.dtype(column.type.to_pandas_dtype()) if pa.types.is_integer(column.type) else np.dtype(np.int32)
    buffer = column.buffers()[1]
    if buffer is None or not len(column):
        return np.zeros(len(column), dtype=dtype)
    values = np.frombuffer(buffer, dtype=stored, count=len(column), offset=column.offset * stored.itemsize)
    return as_array(values).astype(dtype, copy=False)


def filled(column: Any, fill: int, dtype: Any = np.int64) -> Array:
    """The values of an array of integers, ``fill`` where they are null."""
    values, gaps = numbers(column, dtype), nulls(column)
    if len(gaps):
        values = values.copy()
        values[gaps] = fill
    return values


_TYPES = {np.dtype(t): getattr(pa, t)() for t in ("int8", "int16", "int32", "int64")}


def to_arrow(x: Array, known: Array | None = None, kind: Any = None) -> Any:
    """A column of NumPy as an array of Arrow, null where it is not ``known``; integers are not copied. ``kind``: its type where the integers
    stand for something else. (``pa.array`` does the same, but imports and asks after much that is never here.)
    """
    n = len(x)
    bits, gaps = None, 0
    if known is not None and (gaps := n - int(np.count_nonzero(known))):
        bits = pa.py_buffer(np.packbits(known, bitorder="little"))
    if x.dtype == np.bool_:
        return pa.Array.from_buffers(pa.bool_(), n, [bits, pa.py_buffer(np.packbits(x, bitorder="little"))], gaps)
    return pa.Array.from_buffers(kind or _TYPES[x.dtype], n, [bits, pa.py_buffer(np.ascontiguousarray(x))], gaps)


@lru_cache(maxsize=8)
def no_numbers(n: int) -> Any:
    """``n`` nulls, one array for every column that has no number."""
    return pa.nulls(n, pa.int64())


@lru_cache(maxsize=4096)
def _strings(words: tuple[str, ...]) -> Any:
    return pa.array(words, pa.string())


def worded(index: Array, words: Sequence[str], known: Array | None = None) -> Any:
    """``words`` by their positions; whoever calls sees to it that these are right."""
    return pa.DictionaryArray.from_arrays(to_arrow(index, known), _strings(tuple(words)), safe=False)


def _bits(buffer: Any, offset: int, n: int) -> Array:
    if buffer is None or not n:
        return np.zeros(n, dtype=bool)
    first = offset // 8
    octets = np.frombuffer(buffer, dtype=np.uint8, count=(offset + n + 7) // 8 - first, offset=first)
    bits = np.unpackbits(octets, bitorder="little")
    return as_array(bits[offset - first * 8 : offset - first * 8 + n]).view(np.bool_)
