#include "bfloat16-tiles.h"

#include <algorithm>
#include <cstring>
#include <memory>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && (defined(__clang__) || __GNUC__ >= 10)
#define PTL_HAS_TILES 1
#include <immintrin.h>
#define PTL_TILE_CODE __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#endif

namespace ptl {

#ifndef PTL_HAS_TILES

bool HasBfloat16Tiles() { return false; }
void PackPanels(const HalfMatrix &, bool, Bfloat16 *, int64_t, int64_t) {}
void MultiplyGroups(const HalfProduct &, const Bfloat16 *, int64_t, int64_t) {}

#else

namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kVectors = kPanel / kLanes;
// Groups of rows whose rounded values one thread keeps at hand.
constexpr int64_t kBlockGroups = 16;
// Values of the depth for which a panel stays in the first cache.
constexpr int64_t kDepthBlock = 512;

// Wᵀ: what lies along the depth are the rows of the weight, whose pairs are already side by side.
PTL_TILE_CODE void PackColumns(const HalfMatrix &weight, int64_t first, int64_t count, int32_t *panel) {
  const int64_t pairs = weight.columns / 2;
  const Bfloat16 *start = weight.values + first * weight.columns;
  const __m512i lanes = _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                                           _mm512_set1_epi32(static_cast<int32_t>(pairs)));
  for (int64_t v = 0; v < kVectors; v++) {
    const int64_t left = std::min<int64_t>(kLanes, std::max<int64_t>(0, count - v * kLanes));
    const __mmask16 mask = static_cast<__mmask16>((1u << left) - 1);
    const Bfloat16 *from = start + v * kLanes * weight.columns;
    for (int64_t p = 0; p < pairs; p++) {
      const __m512i values = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, lanes, from + 2 * p, 4);
      _mm512_storeu_si512(panel + p * kPanel + v * kLanes, values);
    }
  }
}

// W: two rows of the weight become one of pairs.
PTL_TILE_CODE void PackRows(const HalfMatrix &weight, int64_t first, int64_t count, int32_t *panel) {
  const int64_t pairs = (weight.rows + 1) / 2;
  for (int64_t p = 0; p < pairs; p++) {
    const Bfloat16 *even = weight.values + 2 * p * weight.columns + first;
    const bool isLast = 2 * p + 1 == weight.rows;
    const Bfloat16 *odd = isLast ? nullptr : even + weight.columns;
    for (int64_t v = 0; v < kVectors; v++) {
      const int64_t left = std::min<int64_t>(kLanes, std::max<int64_t>(0, count - v * kLanes));
      const __mmask16 mask = static_cast<__mmask16>((1u << left) - 1);
      const __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, even + v * kLanes));
      const __m512i high =
          odd ? _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, odd + v * kLanes)) : _mm512_setzero_si512();
      _mm512_storeu_si512(panel + p * kPanel + v * kLanes, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
  }
}

// Rounds `count` values to the nearest, ties to even, and puts a zero behind an odd number of them.
PTL_TILE_CODE void Round(const float *from, Bfloat16 *to, int64_t count) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to + i), (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from + i)));
  }
  if (i < count) {
    const __mmask16 mask = static_cast<__mmask16>((1u << (count - i)) - 1);
    const __m256i rounded = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from + i));
    const __mmask16 padded = static_cast<__mmask16>((1u << ((count - i + 1) / 2 * 2)) - 1);
    _mm256_mask_storeu_epi16(to + i, padded, rounded);
  }
}

// A tile of the result, `row` floats from one row to the next.
struct Target {
  float *values;
  int64_t row;
};

// Adds the products of `pairs` pairs to a tile that begins with zeros, or goes on where `add`.
template <int kRows>
PTL_TILE_CODE inline __attribute__((always_inline)) void Tile(const Bfloat16 *left, int64_t left_row,
                                                              const Bfloat16 *panel, Target c, int64_t pairs,
                                                              bool add) {
  __m512 sums[kRows][kVectors];
  for (int i = 0; i < kRows; i++) {
    for (int v = 0; v < kVectors; v++) {
      sums[i][v] = add ? _mm512_loadu_ps(c.values + i * c.row + v * kLanes) : _mm512_setzero_ps();
    }
  }
  for (int64_t p = 0; p < pairs; p++) {
    __m512bh right[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) right[v] = (__m512bh)_mm512_loadu_si512(panel + (p * kPanel + v * kLanes) * 2);
#pragma GCC unroll 6
    for (int i = 0; i < kRows; i++) {
      int32_t pair;
      std::memcpy(&pair, left + i * left_row + 2 * p, sizeof pair);
      const __m512bh both = (__m512bh)_mm512_set1_epi32(pair);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; v++) sums[i][v] = _mm512_dpbf16_ps(sums[i][v], both, right[v]);
    }
  }
  for (int i = 0; i < kRows; i++) {
    for (int v = 0; v < kVectors; v++) _mm512_storeu_ps(c.values + i * c.row + v * kLanes, sums[i][v]);
  }
}

PTL_TILE_CODE void AnyTile(int64_t rows, const Bfloat16 *left, int64_t left_row, const Bfloat16 *panel, Target c,
                           int64_t pairs, bool add) {
  switch (rows) {
    case 1: return Tile<1>(left, left_row, panel, c, pairs, add);
    case 2: return Tile<2>(left, left_row, panel, c, pairs, add);
    case 3: return Tile<3>(left, left_row, panel, c, pairs, add);
    case 4: return Tile<4>(left, left_row, panel, c, pairs, add);
    case 5: return Tile<5>(left, left_row, panel, c, pairs, add);
    default: return Tile<kTileRows>(left, left_row, panel, c, pairs, add);
  }
}

// Rows [first, last) of the result, whose rounded values are in `left`, in the columns of one panel.
PTL_TILE_CODE void MultiplyPanel(const HalfProduct &product, const Bfloat16 *left, const Bfloat16 *panels,
                                 int64_t panel, int64_t first, int64_t last) {
  const int64_t depth = (product.depth + 1) / 2 * 2;
  const int64_t column = panel * kPanel, width = std::min(kPanel, product.columns - column);
  const Bfloat16 *right = panels + panel * PanelSize(product.depth);
  float part[kTileRows * kPanel];
  for (int64_t k = 0; k < depth; k += kDepthBlock) {
    const int64_t pairs = std::min(kDepthBlock, depth - k) / 2;
    for (int64_t row = first; row < last; row += kTileRows) {
      const int64_t rows = std::min(kTileRows, last - row);
      const Bfloat16 *values = left + (row - first) * depth + k;
      float *y = product.y + row * product.columns + column;
      if (width == kPanel) {
        AnyTile(rows, values, depth, right + k * kPanel, {y, product.columns}, pairs, k > 0);
        continue;
      }
      for (int64_t i = 0; i < rows && k > 0; i++) std::copy_n(y + i * product.columns, width, part + i * kPanel);
      AnyTile(rows, values, depth, right + k * kPanel, {part, kPanel}, pairs, k > 0);
      for (int64_t i = 0; i < rows; i++) std::copy_n(part + i * kPanel, width, y + i * product.columns);
    }
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

void MultiplyGroups(const HalfProduct &product, const Bfloat16 *panels, int64_t begin, int64_t end) {
  const int64_t depth = (product.depth + 1) / 2 * 2;
  const std::unique_ptr<Bfloat16[]> left(new Bfloat16[kBlockGroups * kTileRows * depth]);
  for (int64_t group = begin; group < end; group += kBlockGroups) {
    const int64_t first = group * kTileRows;
    const int64_t last = std::min(product.rows, std::min(end, group + kBlockGroups) * kTileRows);
    for (int64_t row = first; row < last; row++) {
      Round(product.x + row * product.depth, left.get() + (row - first) * depth, product.depth);
    }
    for (int64_t panel = 0; panel < PanelCount(product.columns); panel++) {
      MultiplyPanel(product, left.get(), panels, panel, first, last);
    }
  }
}

#endif

}  // namespace ptl
