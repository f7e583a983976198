#include "bfloat16-attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bfloat16-vectors.h"

namespace ptl {

#ifndef PTL_HAS_TILES

void AttendHalf(const HalfAttention &, int64_t, int64_t) {}

#else

namespace {

// Queries that are worked on at once, so that their scores stay in the cache.
constexpr int64_t kQueries = 8 * kTileRows;

// One head of one row of the batch, laid out for tiles.
struct Room {
  // Of a row of keys, of which `columns` are looked at, and of a row of values, in whole vectors.
  int64_t length, columns, width;
  std::vector<Bfloat16> prefix_keys, prefix_values;  // [prefix, head size]
  std::vector<int32_t> keys;                         // [head size / 2, length]
  std::vector<int32_t> values;                       // [positions / 2, width]
  std::vector<float> scores, result;                 // [queries, length], [queries, width]
  std::vector<Bfloat16> weights;                     // [queries, length]
};

int64_t WholeVectors(int64_t count) { return (count + kVectorLanes - 1) / kVectorLanes * kVectorLanes; }

void MakeRoom(const HalfAttention &attention, Room &room) {
  const int64_t positions = attention.positions(), size = attention.head_size;
  // Turning writes whole vectors from the first position behind the prefix on.
  room.length = WholeVectors(attention.prefix + WholeVectors(attention.keys));
  room.columns = WholeVectors(positions), room.width = WholeVectors(size);
  room.prefix_keys.resize(attention.prefix * size), room.prefix_values.resize(attention.prefix * size);
  room.keys.resize(size / 2 * room.length);
  room.values.resize((positions + 1) / 2 * room.width);
  room.scores.resize(kQueries * room.length), room.result.resize(kQueries * room.width);
  room.weights.resize(kQueries * room.length);
}

PTL_TILE_CODE void LoadKeys(const HalfAttention &attention, const Bfloat16 *own, Room &room) {
  const int64_t size = attention.head_size, row = 2 * attention.width();
  for (int64_t j = 0; j < attention.prefix; j += kVectorLanes) {
    TurnPairs(room.prefix_keys.data() + j * size, size, attention.prefix - j, size / 2, room.keys.data() + j,
              room.length);
  }
  for (int64_t j = 0; j < attention.keys; j += kVectorLanes) {
    TurnPairs(own + j * row, row, attention.keys - j, size / 2, room.keys.data() + attention.prefix + j, room.length);
  }
}

PTL_TILE_CODE void LoadValues(const HalfAttention &attention, const Bfloat16 *own, Room &room) {
  const int64_t size = attention.head_size, positions = attention.positions();
  const auto at = [&](int64_t position) {
    return position < attention.prefix ? room.prefix_values.data() + position * size
                                       : own + (position - attention.prefix) * 2 * attention.width();
  };
  for (int64_t j = 0; j < positions; j += 2) {
    PairRows(at(j), j + 1 < positions ? at(j + 1) : nullptr, size, room.values.data() + j / 2 * room.width);
  }
}

PTL_TILE_CODE void LoadHead(const HalfAttention &attention, int64_t row, int64_t head, Room &room) {
  const int64_t size = attention.head_size, count = attention.prefix * size;
  if (count > 0) {
    const int64_t place = row * attention.prefix_stride + head * count;
    RoundValues(attention.prefix_keys + place, room.prefix_keys.data(), count);
    RoundValues(attention.prefix_values + place, room.prefix_values.data(), count);
  }
  const Bfloat16 *own = attention.key_value + row * attention.keys * 2 * attention.width() + head * size;
  LoadKeys(attention, own, room);
  LoadValues(attention, own + attention.width(), room);
}

// A product with any number of columns in whole vectors.
PTL_TILE_CODE void Multiply(TileLeft left, int64_t rows, TileRight right, TileTarget to, int64_t pairs,
                            int64_t columns) {
  int64_t j = 0;
  for (; j + 4 * kVectorLanes <= columns; j += 4 * kVectorLanes) {
    TileColumns<4>(left, rows, {right.pairs + j, right.row}, {to.values + j, to.row}, pairs, false);
  }
  const TileRight rest{right.pairs + j, right.row};
  const TileTarget target{to.values + j, to.row};
  switch ((columns - j) / kVectorLanes) {
    case 1: return TileColumns<1>(left, rows, rest, target, pairs, false);
    case 2: return TileColumns<2>(left, rows, rest, target, pairs, false);
    case 3: return TileColumns<3>(left, rows, rest, target, pairs, false);
    default: return;
  }
}

// The sum of eight sums. A position's place among these depends on it modulo 8 alone: with zeros between the prefix and a
// row's own positions, eight at a time, as of padding, no bit of the sum changes.
PTL_TILE_INLINE float Total(__m256 sums) {
  float values[8];
  _mm256_storeu_ps(values, sums);
  return ((values[0] + values[4]) + (values[1] + values[5])) + ((values[2] + values[6]) + (values[3] + values[7]));
}

// e^(score - largest) of a row, rounded; returns the inverse of their sum. What is masked out weighs exactly nothing.
PTL_TILE_CODE float Weights(float *scores, const float *mask, float factor, int64_t positions, Bfloat16 *weights) {
  const __m512 scale = _mm512_set1_ps(factor), lowest = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  __m512 most = lowest;
  for (int64_t j = 0; j < positions; j += kVectorLanes) {
    const __mmask16 lanes = FirstLanes(positions - j);
    __m512 score = _mm512_mul_ps(_mm512_loadu_ps(scores + j), scale);
    if (mask != nullptr) score = _mm512_add_ps(score, _mm512_maskz_loadu_ps(lanes, mask + j));
    score = _mm512_mask_mov_ps(lowest, lanes, score);
    _mm512_storeu_ps(scores + j, score);
    most = _mm512_max_ps(most, score);
  }
  const __m512 largest = _mm512_set1_ps(_mm512_reduce_max_ps(most));
  __m256 total = _mm256_setzero_ps();
  for (int64_t j = 0; j < positions; j += kVectorLanes) {
    const __m512 power = _mm512_sub_ps(_mm512_loadu_ps(scores + j), largest);
    const __mmask16 counts = _mm512_cmp_ps_mask(power, _mm512_set1_ps(-87.0f), _CMP_NLT_UQ);
    const __m512 weight = _mm512_maskz_mov_ps(counts, ExpVector(power));
    total = _mm256_add_ps(total, _mm512_castps512_ps256(weight));
    total = _mm256_add_ps(total, _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(weight), 1)));
    StoreRounded(weights + j, weight, kVectorLanes);
  }
  return 1.0f / Total(total);
}

PTL_TILE_CODE void StoreResult(const float *result, float factor, int64_t size, Bfloat16 *to) {
  for (int64_t d = 0; d < size; d += kVectorLanes) {
    StoreRounded(to + d, _mm512_mul_ps(_mm512_loadu_ps(result + d), _mm512_set1_ps(factor)), size - d);
  }
}

PTL_TILE_CODE void AttendQueries(const HalfAttention &attention, int64_t row, int64_t head, Room &room) {
  const int64_t size = attention.head_size, width = attention.width(), positions = attention.positions();
  const float factor = 1.0f / std::sqrt(static_cast<float>(size));
  const float *mask = attention.mask == nullptr ? nullptr : attention.mask + row * positions;
  for (int64_t first = 0; first < attention.queries; first += kQueries) {
    const int64_t count = std::min(kQueries, attention.queries - first);
    const int64_t place = (row * attention.queries + first) * width + head * size;
    Multiply({attention.query + place, width}, count, {room.keys.data(), room.length},
             {room.scores.data(), room.length}, size / 2, room.columns);
    float inverse[kQueries];
    for (int64_t i = 0; i < count; i++) {
      inverse[i] = Weights(room.scores.data() + i * room.length, mask, factor, positions,
                           room.weights.data() + i * room.length);
    }
    Multiply({room.weights.data(), room.length}, count, {room.values.data(), room.width},
             {room.result.data(), room.width}, (positions + 1) / 2, room.width);
    for (int64_t i = 0; i < count; i++) {
      StoreResult(room.result.data() + i * room.width, inverse[i], size, attention.output + place + i * width);
    }
  }
}

}  // namespace

void AttendHalf(const HalfAttention &attention, int64_t begin, int64_t end) {
  static thread_local Room room;
  MakeRoom(attention, room);
  for (int64_t index = begin; index < end; index++) {
    const int64_t row = index / attention.heads, head = index % attention.heads;
    LoadHead(attention, row, head, room);
    AttendQueries(attention, row, head, room);
  }
}

#endif

}  // namespace ptl
