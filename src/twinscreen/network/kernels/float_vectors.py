"""Eight numbers as one value: one 512-bit register (or two, or four, where they are shorter).

As with `Lanes`, the compiler is left no choice, and sums stay in registers. They exist in
compiled functions only.
"""

from typing import Any

import numpy as np
from numba import types

# llvmlite's interface, by way of numba so that both are of one release. It may change with any
# release of either: tests/unit/network/kernels tries every instruction.
from numba.core.cgutils import ir
from numba.extending import models, register_model

from twinscreen.network.kernels.compiled import instruction

#: Numbers in one value.
SIDE = 8

_DOUBLE = ir.DoubleType()
_EIGHT = ir.VectorType(_DOUBLE, SIDE)
_INDEX = ir.IntType(64)


class _Doubles(types.Type):
    """A register; numba only moves it about."""


doubles_type = _Doubles("Doubles")


@register_model(_Doubles)
class _DoublesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Doubles) -> None:
        super().__init__(manager, kind, _EIGHT)


def rows_of_doubles(*shape: int) -> np.ndarray:
    """Make an array of the shape, and eight in the last dimension, on whole cache lines."""
    size = int(np.prod(shape)) * SIDE
    numbers = np.zeros(size + SIDE)
    offset = -numbers.ctypes.data % 64 // 8
    return numbers[offset : offset + size].reshape(*shape, SIDE)


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """Point at a row of eight, counted from the start of the array."""
    data = context.make_array(kind)(context, builder, array).data
    start = builder.ptrtoint(data, _INDEX)
    place = builder.add(start, builder.mul(row, ir.Constant(_INDEX, 8 * SIDE)))
    return builder.inttoptr(place, _EIGHT.as_pointer())


@instruction
def get(typing: Any, array: Any, row: Any) -> Any:
    """Read a row of an array that `rows_of_doubles` made."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], *args)
        return builder.load(place, align=64)

    return doubles_type(array, types.int64), generate


@instruction
def put(typing: Any, array: Any, row: Any, value: Any) -> Any:
    """Write a row of an array that `rows_of_doubles` made."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], place, align=64)
        return context.get_dummy_value()

    return types.void(array, types.int64, doubles_type), generate


@instruction
def splat(typing: Any, value: Any) -> Any:
    """Give eight times the same number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        undefined = ir.Constant(_EIGHT, ir.Undefined)
        one = builder.insert_element(undefined, args[0], ir.Constant(ir.IntType(32), 0))
        first = ir.Constant(ir.VectorType(ir.IntType(32), SIDE), [0] * SIDE)
        return builder.shuffle_vector(one, undefined, first)

    return doubles_type(types.float64), generate


@instruction
def times(typing: Any, a: Any, b: Any) -> Any:
    """Multiply."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fmul(*args)

    return doubles_type(doubles_type, doubles_type), generate


@instruction
def less(typing: Any, a: Any, b: Any) -> Any:
    """Subtract, but not below zero."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rest = builder.fsub(*args)
        zero = ir.Constant(_EIGHT, [0.0] * SIDE)
        return builder.select(builder.fcmp_ordered(">", rest, zero), rest, zero)

    return doubles_type(doubles_type, doubles_type), generate


@instruction
def plus_times(typing: Any, total: Any, a: Any, b: Any) -> Any:
    """Add the product of two to a third."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.fmul(args[1], args[2], flags=("contract",))
        return builder.fadd(args[0], product, flags=("contract",))

    return doubles_type(doubles_type, doubles_type, doubles_type), generate


@instruction
def sum_of(typing: Any, value: Any) -> Any:
    """Add up the eight, the first with the second and so on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        parts = [
            builder.extract_element(args[0], ir.Constant(ir.IntType(32), i)) for i in range(SIDE)
        ]
        while len(parts) > 1:
            parts = [builder.fadd(*parts[i : i + 2]) for i in range(0, len(parts), 2)]
        return parts[0]

    return types.float64(doubles_type), generate
