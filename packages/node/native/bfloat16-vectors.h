// Vectors of AVX-512 BF16, for the files that are written with them, where the compiler knows these instructions.
#pragma once

#include "bfloat16-tiles.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && (defined(__clang__) || __GNUC__ >= 10)
#define PTL_HAS_TILES 1
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#define PTL_TILE_TARGET target("avx512f,avx512bw,avx512vl,avx512bf16")
#define PTL_TILE_CODE __attribute__((PTL_TILE_TARGET))
#define PTL_TILE_INLINE static inline __attribute__((always_inline, PTL_TILE_TARGET))

namespace ptl {

// Numbers of 32 bits in a vector.
constexpr int64_t kVectorLanes = 16;

// The first `count` lanes, all where there are more.
PTL_TILE_INLINE __mmask16 FirstLanes(int64_t count) {
  return count >= kVectorLanes ? 0xffff : static_cast<__mmask16>((1u << std::max<int64_t>(0, count)) - 1);
}

// Rounds the first `count` lanes to the nearest, ties to even, and stores them.
PTL_TILE_INLINE void StoreRounded(Bfloat16 *to, __m512 values, int64_t count) {
  const __m256i rounded = (__m256i)_mm512_cvtneps_pbh(values);
  if (count >= kVectorLanes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), rounded);
  } else {
    _mm256_mask_storeu_epi16(to, FirstLanes(count), rounded);
  }
}

// Rounds `count` values, and puts a zero behind an odd number of them.
PTL_TILE_INLINE void RoundValues(const float *from, Bfloat16 *to, int64_t count) {
  int64_t i = 0;
  for (; i + kVectorLanes <= count; i += kVectorLanes) StoreRounded(to + i, _mm512_loadu_ps(from + i), kVectorLanes);
  if (i < count) {
    StoreRounded(to + i, _mm512_maskz_loadu_ps(FirstLanes(count - i), from + i), (count - i + 1) / 2 * 2);
  }
}

// A tile of a result, `row` floats from one row to the next.
struct TileTarget {
  float *values;
  int64_t row;
};

// Pairs that lie side by side along the depth: `row` pairs from one step of the depth to the next.
struct TileRight {
  const int32_t *pairs;
  int64_t row;
};

struct TileLeft {
  const Bfloat16 *values;
  int64_t row;
};

// Adds the products of `pairs` pairs to a tile that begins with zeros, or goes on where `add`.
template <int kRows, int kVectors>
PTL_TILE_INLINE void Tile(TileLeft left, TileRight right, TileTarget c, int64_t pairs, bool add) {
  __m512 sums[kRows][kVectors];
#pragma GCC unroll 6
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) {
      sums[i][v] = add ? _mm512_loadu_ps(c.values + i * c.row + v * kVectorLanes) : _mm512_setzero_ps();
    }
  }
  for (int64_t p = 0; p < pairs; p++) {
    __m512bh columns[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) {
      columns[v] = (__m512bh)_mm512_loadu_si512(right.pairs + p * right.row + v * kVectorLanes);
    }
#pragma GCC unroll 6
    for (int i = 0; i < kRows; i++) {
      int32_t pair;
      std::memcpy(&pair, left.values + i * left.row + 2 * p, sizeof pair);
      const __m512bh both = (__m512bh)_mm512_set1_epi32(pair);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; v++) sums[i][v] = _mm512_dpbf16_ps(sums[i][v], both, columns[v]);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) _mm512_storeu_ps(c.values + i * c.row + v * kVectorLanes, sums[i][v]);
  }
}

// Columns as many as `kVectors` vectors have, of any number of rows.
template <int kVectors>
PTL_TILE_CODE void TileColumns(TileLeft left, int64_t rows, TileRight right, TileTarget c, int64_t pairs, bool add) {
  int64_t row = 0;
  const auto next = [&](int64_t count) {
    row += count;
    left.values += count * left.row;
    c.values += count * c.row;
  };
  for (; row + kTileRows <= rows; next(kTileRows)) Tile<kTileRows, kVectors>(left, right, c, pairs, add);
  switch (rows - row) {
    case 1: return Tile<1, kVectors>(left, right, c, pairs, add);
    case 2: return Tile<2, kVectors>(left, right, c, pairs, add);
    case 3: return Tile<3, kVectors>(left, right, c, pairs, add);
    case 4: return Tile<4, kVectors>(left, right, c, pairs, add);
    case 5: return Tile<5, kVectors>(left, right, c, pairs, add);
    default: return;
  }
}

// Turns 16 vectors of 16 numbers round their diagonal.
PTL_TILE_INLINE void Transpose(__m512i (&rows)[16]) {
  __m512i pairs[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    rows[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    pairs[i] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0x88);
    pairs[i + 4] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0xdd);
    pairs[i + 8] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0x88);
    pairs[i + 12] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    rows[i] = _mm512_shuffle_i32x4(pairs[i], pairs[i + 8], 0x88);
    rows[i + 4] = _mm512_shuffle_i32x4(pairs[i + 4], pairs[i + 12], 0x88);
    rows[i + 8] = _mm512_shuffle_i32x4(pairs[i], pairs[i + 8], 0xdd);
    rows[i + 12] = _mm512_shuffle_i32x4(pairs[i + 4], pairs[i + 12], 0xdd);
  }
}

// Rows of `pairs` pairs, `row` values apart, become columns: the first `count`, at most 16, of `to`, whose rows lie
// `to_row` pairs apart. Writes zeros into the columns up to the sixteenth.
PTL_TILE_INLINE void TurnPairs(const Bfloat16 *from, int64_t row, int64_t count, int64_t pairs, int32_t *to,
                               int64_t to_row) {
  for (int64_t p = 0; p < pairs; p += kVectorLanes) {
    const int64_t left = std::min(kVectorLanes, pairs - p);
    __m512i block[16];
#pragma GCC unroll 16
    for (int64_t i = 0; i < 16; i++) {
      block[i] =
          i < count ? _mm512_maskz_loadu_epi32(FirstLanes(left), from + i * row + 2 * p) : _mm512_setzero_si512();
    }
    Transpose(block);
#pragma GCC unroll 16
    for (int64_t i = 0; i < 16; i++) {
      if (i < left) _mm512_storeu_si512(to + (p + i) * to_row, block[i]);
    }
  }
}

// Two rows of `count` values become one of pairs; zeros stand for a second row that is null, and behind the last pair
// up to a whole number of vectors.
PTL_TILE_INLINE void PairRows(const Bfloat16 *even, const Bfloat16 *odd, int64_t count, int32_t *to) {
  for (int64_t i = 0; i < count; i += kVectorLanes) {
    const __mmask16 mask = FirstLanes(count - i);
    const __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, even + i));
    const __m512i high =
        odd ? _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, odd + i)) : _mm512_setzero_si512();
    _mm512_storeu_si512(to + i, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
  }
}

// e^x, within two units in the last place, of x in [-87, 88]; what lies outside counts as its end, NaN stays NaN.
PTL_TILE_INLINE __m512 ExpVector(__m512 x) {
  const __m512 bounded = _mm512_max_ps(_mm512_set1_ps(-87.0f), _mm512_min_ps(_mm512_set1_ps(88.0f), x));
  const __m512 power = _mm512_roundscale_ps(_mm512_mul_ps(bounded, _mm512_set1_ps(1.44269504f)), 0);
  // x = power * ln 2 + r, with ln 2 in two parts.
  __m512 r = _mm512_fnmadd_ps(power, _mm512_set1_ps(0.693359375f), bounded);
  r = _mm512_fmadd_ps(power, _mm512_set1_ps(2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.9875691500e-4f);
  for (const float c : {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f}) {
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
  }
  p = _mm512_fmadd_ps(_mm512_mul_ps(p, r), r, _mm512_add_ps(r, _mm512_set1_ps(1.0f)));
  return _mm512_scalef_ps(p, power);
}

// x Φ(x), with Φ as NormalCdf has it.
PTL_TILE_INLINE __m512 GeluVector(__m512 x) {
  const __m512 z = _mm512_mul_ps(x, _mm512_set1_ps(0.70710678f)), a = _mm512_abs_ps(z), one = _mm512_set1_ps(1.0f);
  const __m512 d = _mm512_fmadd_ps(a, _mm512_set1_ps(0.3275911f), one);
  // 1 / d, from an estimate of 14 bits.
  const __m512 estimate = _mm512_rcp14_ps(d);
  const __m512 t = _mm512_mul_ps(estimate, _mm512_fnmadd_ps(d, estimate, _mm512_set1_ps(2.0f)));
  __m512 tail = _mm512_set1_ps(1.061405429f);
  for (const float c : {-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f}) {
    tail = _mm512_fmadd_ps(tail, t, _mm512_set1_ps(c));
  }
  tail = _mm512_mul_ps(_mm512_mul_ps(_mm512_set1_ps(0.5f), _mm512_mul_ps(tail, t)),
                       ExpVector(_mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(a, a))));
  const __mmask16 isNegative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_mul_ps(x, _mm512_mask_blend_ps(isNegative, _mm512_sub_ps(one, tail), tail));
}

}  // namespace ptl

#endif
