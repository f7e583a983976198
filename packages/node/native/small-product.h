// Products of matrices small enough to stay in a processor's cache, as attention has them.
#pragma once

#include <cstdint>

#include "vector-math.h"

namespace ptl {

// Sixteen floats that may lie anywhere; processors with shorter vectors take several for one of these.
typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));
constexpr int64_t kLanes = 16;

// How many floats a row of that many takes in whole vectors.
PTL_INLINE int64_t Padded(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// A matrix whose value in row i and column p lies at values[i * row + p * column].
struct Left {
  const float *values;
  int64_t row, column;
};

// A matrix whose rows lie `row` floats apart.
struct Right {
  const float *values;
  int64_t row;
};

template <int kRows, int kVectors>
PTL_INLINE void Tile(Left a, Right b, float *c, int64_t c_row, int64_t depth, bool add) {
  Vector sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) {
      const Vector before = *reinterpret_cast<const Vector *>(c + i * c_row + v * kLanes);
      sums[i][v] = add ? before : Vector{};
    }
  }
  for (int64_t p = 0; p < depth; p++) {
    Vector right[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) right[v] = *reinterpret_cast<const Vector *>(b.values + p * b.row + v * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; i++) {
      const float left = a.values[i * a.row + p * a.column];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; v++) sums[i][v] += left * right[v];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; v++) *reinterpret_cast<Vector *>(c + i * c_row + v * kLanes) = sums[i][v];
  }
}

template <int kVectors>
PTL_INLINE void Columns(Left a, Right b, float *c, int64_t c_row, int64_t rows, int64_t depth, bool add) {
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    Tile<4, kVectors>({a.values + i * a.row, a.row, a.column}, b, c + i * c_row, c_row, depth, add);
  }
  for (; i < rows; i++) {
    Tile<1, kVectors>({a.values + i * a.row, a.row, a.column}, b, c + i * c_row, c_row, depth, add);
  }
}

// c = a b, or c + a b: `rows` by `depth` times `depth` by `columns`. The columns of b and c are whole vectors, and c
// holds numbers also where they are not added to.
PTL_INLINE void Product(Left a, Right b, float *c, int64_t c_row, int64_t rows, int64_t depth, int64_t columns,
                        bool add = false) {
  int64_t j = 0;
  for (; j + 2 * kLanes <= columns; j += 2 * kLanes) {
    Columns<2>(a, {b.values + j, b.row}, c + j, c_row, rows, depth, add);
  }
  if (j < columns) Columns<1>(a, {b.values + j, b.row}, c + j, c_row, rows, depth, add);
}

}  // namespace ptl
