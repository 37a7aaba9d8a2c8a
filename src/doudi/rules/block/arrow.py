"""Arrow arrays seen as NumPy arrays without going through Python, nulls and all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.column import Array, as_array


def whole(table: pa.Table, name: str) -> Any:
    """A column in one piece."""
    column = table.column(name).combine_chunks()
    # A column of no chunk at all comes back as a chunked array.
    return pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column


def valid(column: Any) -> Array:
    """Which values are not null."""
    if not column.null_count:
        return np.ones(len(column), dtype=bool)
    return _bits(column.buffers()[0], column.offset, len(column))


def nulls(column: Any) -> Array:
    """The positions of the nulls."""
    return np.flatnonzero(~valid(column)) if column.null_count else np.zeros(0, dtype=np.int64)


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


def _bits(buffer: Any, offset: int, n: int) -> Array:
    if buffer is None or not n:
        return np.zeros(n, dtype=bool)
    first = offset // 8
    octets = np.frombuffer(buffer, dtype=np.uint8, count=(offset + n + 7) // 8 - first, offset=first)
    bits = np.unpackbits(octets, bitorder="little")
    return as_array(bits[offset - first * 8 : offset - first * 8 + n]).view(np.bool_)
