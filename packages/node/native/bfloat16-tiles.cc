#include "bfloat16-tiles.h"

#include <algorithm>
#include <memory>

#include "bfloat16-vectors.h"

namespace ptl {

#ifndef PTL_HAS_TILES

bool HasBfloat16Tiles() { return false; }
void PackPanels(const HalfMatrix &, bool, Bfloat16 *, int64_t, int64_t) {}
void MultiplyPanel(const Bfloat16 *, int64_t, int64_t, const Bfloat16 *, int64_t, float *, int64_t) {}
void MultiplyGroups(const HalfProduct &, const Bfloat16 *, int64_t, int64_t) {}

#else

namespace {

// Groups of rows whose rounded values one thread keeps at hand.
constexpr int64_t kBlockGroups = 16;
// Values of the depth for which a panel stays in the first cache.
constexpr int64_t kDepthBlock = 512;

// Wᵀ: what lies along the depth are the rows of the weight, whose pairs are already side by side.
PTL_TILE_CODE void PackColumns(const HalfMatrix &weight, int64_t first, int64_t count, int32_t *panel) {
  const Bfloat16 *start = weight.values + first * weight.columns;
  for (int64_t v = 0; v < kPanel; v += kVectorLanes) {
    TurnPairs(start + v * weight.columns, weight.columns, count - v, weight.columns / 2, panel + v, kPanel);
  }
}

// W: two rows of the weight become one of pairs.
PTL_TILE_CODE void PackRows(const HalfMatrix &weight, int64_t first, int64_t count, int32_t *panel) {
  const int64_t pairs = (weight.rows + 1) / 2;
  if (count < kPanel) std::fill(panel, panel + pairs * kPanel, 0);
  for (int64_t p = 0; p < pairs; p++) {
    const Bfloat16 *even = weight.values + 2 * p * weight.columns + first;
    PairRows(even, 2 * p + 1 == weight.rows ? nullptr : even + weight.columns, count, panel + p * kPanel);
  }
}

}  // namespace

bool HasBfloat16Tiles() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16");
  return has;
}

void PackPanels(const HalfMatrix &weight, bool transpose, Bfloat16 *panels, int64_t begin, int64_t end) {
  const int64_t depth = transpose ? weight.columns : weight.rows;
  const int64_t columns = transpose ? weight.rows : weight.columns;
  for (int64_t panel = begin; panel < end; panel++) {
    const int64_t first = panel * kPanel, count = std::min(kPanel, columns - first);
    int32_t *to = reinterpret_cast<int32_t *>(panels + panel * PanelSize(depth));
    if (transpose) {
      PackColumns(weight, first, count, to);
    } else {
      PackRows(weight, first, count, to);
    }
  }
}

PTL_TILE_CODE void MultiplyPanel(const Bfloat16 *left, int64_t left_row, int64_t rows, const Bfloat16 *panel,
                                 int64_t depth, float *to, int64_t to_row) {
  const int64_t padded = (depth + 1) / 2 * 2;
  for (int64_t k = 0; k < padded; k += kDepthBlock) {
    const TileRight right{reinterpret_cast<const int32_t *>(panel + k * kPanel), kPanel};
    TileColumns<kPanel / kVectorLanes>({left + k, left_row}, rows, right, {to, to_row},
                                       std::min(kDepthBlock, padded - k) / 2, k > 0);
  }
}

PTL_TILE_CODE void MultiplyGroups(const HalfProduct &product, const Bfloat16 *panels, int64_t begin, int64_t end) {
  const int64_t depth = (product.depth + 1) / 2 * 2, columns = product.columns;
  const std::unique_ptr<Bfloat16[]> left(new Bfloat16[kBlockGroups * kTileRows * depth]);
  float part[kBlockGroups * kTileRows * kPanel];
  for (int64_t group = begin; group < end; group += kBlockGroups) {
    const int64_t first = group * kTileRows;
    const int64_t rows = std::min(product.rows, std::min(end, group + kBlockGroups) * kTileRows) - first;
    for (int64_t row = 0; row < rows; row++) {
      RoundValues(product.x + (first + row) * product.depth, left.get() + row * depth, product.depth);
    }
    for (int64_t column = 0; column < columns; column += kPanel) {
      const int64_t width = std::min(kPanel, columns - column);
      const Bfloat16 *panel = panels + column / kPanel * PanelSize(product.depth);
      float *y = product.y + first * columns + column;
      if (width == kPanel) {
        MultiplyPanel(left.get(), depth, rows, panel, product.depth, y, columns);
        continue;
      }
      MultiplyPanel(left.get(), depth, rows, panel, product.depth, part, kPanel);
      for (int64_t i = 0; i < rows; i++) std::copy_n(part + i * kPanel, width, y + i * columns);
    }
  }
}

#endif

}  // namespace ptl
