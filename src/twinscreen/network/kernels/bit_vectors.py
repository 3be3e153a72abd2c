"""Sets of 512 modules as one value: a bit per module, the same instruction for all of them.

A loop over eight words is vectorised by the compiler or not, as it pleases. These types leave it
no choice: one `Lanes` is one 512-bit register (or two, or four, where registers are shorter).
They exist in compiled functions only.
"""

from typing import Any

import numpy as np
from numba import types

# llvmlite's interface, by way of numba so that both are of one release. It may change with any
# release of either: tests/unit/network/kernels tries every instruction.
from numba.core.cgutils import ir
from numba.extending import models, register_model

from twinscreen.network.kernels.compiled import instruction

#: Modules in one value, and 64-bit words that hold them.
LANES = 512
WORDS = LANES // 64

_WORD = ir.IntType(64)
_LANES = ir.VectorType(_WORD, WORDS)
_COUNTS = ir.VectorType(ir.IntType(32), 16)


class _Vector(types.Type):
    """A register; numba only moves it about."""


lanes_type = _Vector("Lanes")
counts_type = _Vector("Counts")


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, _LANES if kind.name == "Lanes" else _COUNTS)


def rows_of_lanes(rows: int) -> np.ndarray:
    """Make a zeroed array of `rows` x 8 words, each row on one cache line (64 bytes)."""
    words = np.zeros((rows + 1) * WORDS, dtype=np.uint64)
    offset = -words.ctypes.data % 64 // 8
    return words[offset : offset + rows * WORDS].reshape(rows, WORDS)


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any, size: int) -> Any:
    """Point at element `index` of `size` bytes, counted from the start of the array."""
    data = context.make_array(kind)(context, builder, array).data
    start = builder.ptrtoint(data, _WORD)
    return builder.add(start, builder.mul(index, ir.Constant(_WORD, size)))


@instruction
def load(typing: Any, array: Any, row: Any) -> Any:
    """Read a row of an array that `rows_of_lanes` made."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _address(context, builder, signature.args[0], args[0], args[1], 64)
        return builder.load(builder.inttoptr(place, _LANES.as_pointer()), align=64)

    return lanes_type(array, types.int64), generate


@instruction
def load_listed(typing: Any, array: Any, rows: Any, index: Any) -> Any:
    """Read the row whose number stands at `index` of an int32 array, without checks."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        listed = _address(context, builder, signature.args[1], args[1], args[2], 4)
        row = builder.load(builder.inttoptr(listed, ir.IntType(32).as_pointer()))
        row = builder.zext(row, _WORD)
        place = _address(context, builder, signature.args[0], args[0], row, 64)
        return builder.load(builder.inttoptr(place, _LANES.as_pointer()), align=64)

    return lanes_type(array, rows, types.int64), generate


@instruction
def store(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write a row of an array that `rows_of_lanes` made."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _address(context, builder, signature.args[0], args[0], args[1], 64)
        builder.store(args[2], builder.inttoptr(place, _LANES.as_pointer()), align=64)
        return context.get_dummy_value()

    return types.void(array, types.int64, lanes_type), generate


@instruction
def none(typing: Any) -> Any:
    """Give the empty set."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(_LANES, [0] * WORDS)

    return lanes_type(), generate


@instruction
def either(typing: Any, a: Any, b: Any) -> Any:
    """Unite two sets."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.or_(*args)

    return lanes_type(lanes_type, lanes_type), generate


@instruction
def both(typing: Any, a: Any, b: Any) -> Any:
    """Intersect two sets."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.and_(*args)

    return lanes_type(lanes_type, lanes_type), generate


@instruction
def differ(typing: Any, a: Any, b: Any) -> Any:
    """Give what stands in one of two sets."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.xor(*args)

    return lanes_type(lanes_type, lanes_type), generate


@instruction
def same(typing: Any, a: Any, b: Any) -> Any:
    """Say whether two sets are equal."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        unequal = builder.bitcast(builder.icmp_unsigned("!=", *args), ir.IntType(WORDS))
        return builder.icmp_unsigned("==", unequal, ir.Constant(ir.IntType(WORDS), 0))

    return types.boolean(lanes_type, lanes_type), generate


@instruction
def no_counts(typing: Any) -> Any:
    """Give 16 zeros."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(_COUNTS, [0] * 16)

    return counts_type(), generate


@instruction
def add_where(typing: Any, counts: Any, bits: Any, place: Any, weight: Any) -> Any:
    """Add `weight` to the counts of those of 16 lanes that stand in the set at `place`.

    `bits` is an array that `rows_of_lanes` made; places count its lanes by sixteens.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        counts, bits, place, weight = args
        where = _address(context, builder, signature.args[1], bits, place, 2)
        word = builder.load(builder.inttoptr(where, ir.IntType(16).as_pointer()))
        mask = builder.bitcast(word, ir.VectorType(ir.IntType(1), 16))
        one = builder.insert_element(
            ir.Constant(_COUNTS, ir.Undefined), weight, ir.Constant(ir.IntType(32), 0)
        )
        lanes = ir.VectorType(ir.IntType(32), 16)
        all_of_them = builder.shuffle_vector(
            one, ir.Constant(_COUNTS, ir.Undefined), ir.Constant(lanes, [0] * 16)
        )
        none = ir.Constant(_COUNTS, [0] * 16)
        return builder.add(counts, builder.select(mask, all_of_them, none))

    return counts_type(counts_type, bits, types.int64, types.int32), generate


@instruction
def store_counts(typing: Any, array: Any, index: Any, counts: Any) -> Any:
    """Write 16 counts into an int32 array, from element `index`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _address(context, builder, signature.args[0], args[0], args[1], 4)
        builder.store(args[2], builder.inttoptr(place, _COUNTS.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(array, types.int64, counts_type), generate
