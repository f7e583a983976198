// Products of rows in float32 with a matrix in bfloat16, by the instructions that x86 processors have for them.
#pragma once

#include <cstdint>

namespace ptl {

using Bfloat16 = uint16_t;

// A matrix in bfloat16, row after row.
struct HalfMatrix {
  const Bfloat16 *values;
  int64_t rows, columns;
};

// Whether this processor, and the compiler that made this, have the instructions (AVX-512 BF16).
bool HasBfloat16Tiles();

// Of y = x W, or x Wᵀ: `rows` by `depth` times `depth` by `columns`.
struct HalfProduct {
  const float *x;
  float *y;
  int64_t rows, depth, columns;
};

// Columns of a product that are computed side by side, as four vectors.
constexpr int64_t kPanel = 64;
// Rows of a product that are computed at once: with four vectors each, they fill the registers.
constexpr int64_t kTileRows = 6;

// How many panels so many columns make, and how many values one of them has.
inline int64_t PanelCount(int64_t columns) { return (columns + kPanel - 1) / kPanel; }
inline int64_t PanelSize(int64_t depth) { return (depth + 1) / 2 * 2 * kPanel; }

// Lays out panels [begin, end) of W, or of Wᵀ, so that two neighbours along the depth lie side by side, with zeros
// behind what there is. `panels` has PanelCount times PanelSize values.
void PackPanels(const HalfMatrix &weight, bool transpose, Bfloat16 *panels, int64_t begin, int64_t end);

// Computes `rows` rows, whose rounded values lie `left_row` apart, in all columns of one panel: into `to`, whose rows
// lie `to_row` floats apart. An odd `depth` has a zero behind it.
void MultiplyPanel(const Bfloat16 *left, int64_t left_row, int64_t rows, const Bfloat16 *panel, int64_t depth,
                   float *to, int64_t to_row);

// Computes the rows of groups [begin, end) of kTileRows; those of x are rounded to bfloat16, sums are in float32.
void MultiplyGroups(const HalfProduct &product, const Bfloat16 *panels, int64_t begin, int64_t end);

}  // namespace ptl
