#include "attention-head.h"

#include <algorithm>
#include <cmath>

#include "small-product.h"

namespace ptl {
namespace {

// Queries that are worked on at once, so that their scores stay in the cache.
constexpr int64_t kBlock = 64;

// One key head of one row of the batch, with everything in rows of whole vectors.
struct Head {
  int64_t row, head;
  int64_t width;   // of a head, in whole vectors
  int64_t length;  // of a row of scores, in whole vectors
  float *keys, *values;                      // [positions, width]
  float *turned_keys, *turned_values;        // [head size, length]
  float *queries, *scores, *other, *result;  // [block, width], [block, length] twice, [block, width]
  float *key_gradient, *value_gradient;      // [positions, width]
  float *dy;                                 // [block, width]
};

Head Place(const AttentionInputs &inputs, Scratch &scratch) {
  const AttentionShape &shape = inputs.shape;
  Head head{};
  head.width = Padded(shape.head_size);
  head.length = Padded(shape.positions());
  const int64_t side = shape.positions() * head.width, turned = shape.head_size * head.length;
  const int64_t block = kBlock * head.width, scores = kBlock * head.length;
  scratch.assign(4 * side + 2 * turned + 3 * block + 2 * scores, 0.0f);
  float *next = scratch.data();
  const auto take = [&next](int64_t count) {
    float *start = next;
    next += count;
    return start;
  };
  head.keys = take(side), head.values = take(side);
  head.key_gradient = take(side), head.value_gradient = take(side);
  head.turned_keys = take(turned), head.turned_values = take(turned);
  head.queries = take(block), head.result = take(block), head.dy = take(block);
  head.scores = take(scores), head.other = take(scores);
  return head;
}

// Copies one head out of rows, with its bias, and times a factor.
PTL_INLINE void Load(const HeadRows &rows, int64_t first, int64_t count, int64_t column, int64_t size, float factor,
                     float *to, int64_t to_width) {
  for (int64_t i = 0; i < count; i++) {
    const float *from = rows.values + (first + i) * rows.width + column;
    for (int64_t d = 0; d < size; d++) to[i * to_width + d] = from[d] * factor;
    if (rows.bias == nullptr) continue;
    for (int64_t d = 0; d < size; d++) to[i * to_width + d] += rows.bias[column + d] * factor;
  }
}

PTL_INLINE void Turn(const float *from, int64_t rows, int64_t width, int64_t size, float *to, int64_t to_width) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t d = 0; d < size; d++) to[d * to_width + i] = from[i * width + d];
  }
}

// Prefix first, then the row's own positions.
PTL_INLINE void LoadPositions(const AttentionInputs &inputs, const Head &head, const float *prefix, int64_t column,
                              float *to) {
  const AttentionShape &shape = inputs.shape;
  const int64_t size = shape.head_size;
  if (shape.prefix > 0) {
    const float *from = prefix + head.row * inputs.prefix_stride + head.head * shape.prefix * size;
    Load({from, nullptr, size}, 0, shape.prefix, 0, size, 1.0f, to, head.width);
  }
  Load(inputs.key_value, head.row * shape.keys, shape.keys, column + head.head * size, size, 1.0f,
       to + shape.prefix * head.width, head.width);
}

PTL_INLINE void LoadHead(const AttentionInputs &inputs, int64_t index, Head &head) {
  const AttentionShape &shape = inputs.shape;
  head.row = index / shape.key_heads, head.head = index % shape.key_heads;
  LoadPositions(inputs, head, inputs.prefix_keys, inputs.key_column, head.keys);
  LoadPositions(inputs, head, inputs.prefix_values, inputs.value_column, head.values);
  Turn(head.keys, shape.positions(), head.width, shape.head_size, head.turned_keys, head.length);
}

// How many positions the query at that place sees: all, or with a causal mask those up to its own.
PTL_INLINE int64_t Visible(const AttentionShape &shape, int64_t query) {
  return shape.causal ? std::min(shape.positions(), shape.prefix + shape.keys - shape.queries + query + 1)
                      : shape.positions();
}

// Scores of a block of queries, masked.
PTL_INLINE void Scores(const AttentionInputs &inputs, const Head &head, int64_t query_head, int64_t first,
                       int64_t count) {
  const AttentionShape &shape = inputs.shape;
  Load(inputs.query, head.row * shape.queries + first, count, inputs.query_column + query_head * shape.head_size,
       shape.head_size, 1.0f / std::sqrt(static_cast<float>(shape.head_size)), head.queries, head.width);
  Product({head.queries, head.width, 1}, {head.turned_keys, head.length}, head.scores, head.length, count,
          shape.head_size, head.length);
  if (inputs.mask == nullptr) return;
  const float *mask = inputs.mask + head.row * shape.positions();
  for (int64_t i = 0; i < count; i++) {
    float *scores = head.scores + i * head.length;
    for (int64_t j = 0; j < shape.positions(); j++) scores[j] += mask[j];
  }
}

// Eight side by side, so that they can be one vector.
PTL_INLINE float Largest(const float *values, int64_t count) {
  float most[8];
  for (int lane = 0; lane < 8; lane++) most[lane] = values[0];
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) most[lane] = values[i + lane] > most[lane] ? values[i + lane] : most[lane];
  }
  for (; i < count; i++) most[0] = values[i] > most[0] ? values[i] : most[0];
  for (int lane = 1; lane < 8; lane++) most[0] = most[lane] > most[0] ? most[lane] : most[0];
  return most[0];
}

// A value's lane depends on its place alone: zeros behind the last one, as of padding, change no bit of the sum.
PTL_INLINE float Total(const float *values, int64_t count) {
  float sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) sums[lane] += values[i + lane];
  }
  for (; i < count; i++) sums[i % 8] += values[i];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

// e^(score - log_sum) where a query sees it, 0 elsewhere. In whole vectors, so that a weight's bits do not depend on how
// many there are.
PTL_INLINE void Weights(float *scores, int64_t visible, int64_t length, float log_sum) {
  for (int64_t first = 0; first < length; first += kLanes) {
    for (int64_t j = first; j < first + kLanes; j++) {
      const float power = scores[j] - log_sum;
      scores[j] = power < -87.0f ? 0.0f : Exp(power);  // What is masked out weighs exactly nothing.
    }
  }
  for (int64_t j = visible; j < length; j++) scores[j] = 0.0f;
}

// Softmax of a row in place; returns the logarithm of its denominator.
PTL_INLINE float Softmax(float *scores, int64_t visible, int64_t length) {
  const float most = Largest(scores, visible);
  Weights(scores, visible, length, most);
  const float total = Total(scores, visible), inverse = 1.0f / total;
  for (int64_t j = 0; j < visible; j++) scores[j] *= inverse;
  return most + std::log(total);
}

PTL_INLINE void Store(const float *from, int64_t from_width, int64_t count, int64_t size, float factor, float *to,
                      int64_t to_width) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t d = 0; d < size; d++) to[i * to_width + d] = from[i * from_width + d] * factor;
  }
}

// dScores of a block into `scores`, which hold the weights, and `other`, which gets the weights' gradients.
PTL_INLINE void ScoreGradient(const AttentionInputs &inputs, const Head &head, int64_t count) {
  const int64_t positions = inputs.shape.positions();
  Product({head.dy, head.width, 1}, {head.turned_values, head.length}, head.other, head.length, count,
          inputs.shape.head_size, head.length);
  for (int64_t i = 0; i < count; i++) {
    float *weights = head.scores + i * head.length, *gradient = head.other + i * head.length;
    for (int64_t j = 0; j < positions; j++) gradient[j] *= weights[j];
    const float inner = Total(gradient, positions);
    for (int64_t j = 0; j < positions; j++) gradient[j] -= weights[j] * inner;
  }
}

PTL_INLINE void StorePositions(const AttentionInputs &inputs, const Head &head, const float *gradient, float *prefix,
                               float *rows, int64_t width, int64_t column) {
  const AttentionShape &shape = inputs.shape;
  const int64_t size = shape.head_size;
  Store(gradient, head.width, shape.prefix, size, 1.0f,
        prefix + (head.row * shape.key_heads + head.head) * shape.prefix * size, size);
  Store(gradient + shape.prefix * head.width, head.width, shape.keys, size, 1.0f,
        rows + head.row * shape.keys * width + column + head.head * size, width);
}

}  // namespace

PTL_VECTOR_CODE void Attend(const AttentionInputs &inputs, float *output, float *log_sums, int64_t begin,
                            int64_t end) {
  static thread_local Scratch scratch;
  const AttentionShape &shape = inputs.shape;
  const int64_t size = shape.head_size, output_width = shape.heads * size;
  Head head = Place(inputs, scratch);
  for (int64_t index = begin; index < end; index++) {
    LoadHead(inputs, index, head);
    for (int64_t member = 0; member < shape.group(); member++) {
      const int64_t query_head = head.head * shape.group() + member;
      float *sums = log_sums + (head.row * shape.heads + query_head) * shape.queries;
      for (int64_t first = 0; first < shape.queries; first += kBlock) {
        const int64_t count = std::min(kBlock, shape.queries - first);
        Scores(inputs, head, query_head, first, count);
        for (int64_t i = 0; i < count; i++) {
          sums[first + i] = Softmax(head.scores + i * head.length, Visible(shape, first + i), head.length);
        }
        Product({head.scores, head.length, 1}, {head.values, head.width}, head.result, head.width, count,
                shape.positions(), head.width);
        Store(head.result, head.width, count, size, 1.0f,
              output + (head.row * shape.queries + first) * output_width + query_head * size, output_width);
      }
    }
  }
}

PTL_VECTOR_CODE void AttendGradient(const AttentionInputs &inputs, const float *log_sums,
                                    const AttentionGradients &gradients, int64_t begin, int64_t end) {
  static thread_local Scratch scratch;
  const AttentionShape &shape = inputs.shape;
  const int64_t size = shape.head_size, positions = shape.positions();
  const float factor = 1.0f / std::sqrt(static_cast<float>(size));
  Head head = Place(inputs, scratch);
  for (int64_t index = begin; index < end; index++) {
    LoadHead(inputs, index, head);
    Turn(head.values, positions, head.width, size, head.turned_values, head.length);
    std::fill(head.key_gradient, head.key_gradient + 2 * positions * head.width, 0.0f);
    for (int64_t member = 0; member < shape.group(); member++) {
      const int64_t query_head = head.head * shape.group() + member;
      const float *sums = log_sums + (head.row * shape.heads + query_head) * shape.queries;
      for (int64_t first = 0; first < shape.queries; first += kBlock) {
        const int64_t count = std::min(kBlock, shape.queries - first), row = head.row * shape.queries + first;
        Scores(inputs, head, query_head, first, count);
        for (int64_t i = 0; i < count; i++) {
          Weights(head.scores + i * head.length, Visible(shape, first + i), head.length, sums[first + i]);
        }
        Load({gradients.dy, nullptr, shape.heads * size}, row, count, query_head * size, size, 1.0f, head.dy,
             head.width);
        Product({head.scores, 1, head.length}, {head.dy, head.width}, head.value_gradient, head.width, positions,
                count, head.width, true);
        ScoreGradient(inputs, head, count);
        Product({head.other, 1, head.length}, {head.queries, head.width}, head.key_gradient, head.width, positions,
                count, head.width, true);
        Product({head.other, head.length, 1}, {head.keys, head.width}, head.result, head.width, count, positions,
                head.width);
        Store(head.result, head.width, count, size, factor,
              gradients.query + row * gradients.query_width + inputs.query_column + query_head * size,
              gradients.query_width);
      }
    }
    StorePositions(inputs, head, head.key_gradient, gradients.prefix_keys, gradients.key_value,
                   gradients.key_value_width, inputs.key_column);
    StorePositions(inputs, head, head.value_gradient, gradients.prefix_values, gradients.key_value,
                   gradients.key_value_width, inputs.value_column);
  }
}

}  // namespace ptl
