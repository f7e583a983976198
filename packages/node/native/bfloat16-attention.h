// Attention of one head of one row of a batch to what lies in bfloat16, with scores and their softmax in float32.
#pragma once

#include <cstdint>
#include <vector>

#include "bfloat16-tiles.h"

namespace ptl {

struct HalfAttention {
  int64_t batch, queries, keys, heads, head_size, prefix;
  // Queries [batch * queries, width]; keys with values behind them [batch * keys, 2 * width].
  const Bfloat16 *query, *key_value;
  // [1 or batch, heads, prefix, head size]; `prefix_stride` floats lie between two rows of the batch, or none.
  const float *prefix_keys, *prefix_values;
  int64_t prefix_stride;
  // Added to the scores, [batch, prefix + keys]; null where nothing is masked.
  const float *mask;
  // [batch * queries, width]
  Bfloat16 *output;

  int64_t width() const { return heads * head_size; }
  int64_t positions() const { return prefix + keys; }
};

// Writes the outputs of heads [begin, end), counted over batch and heads. The head size is even.
void AttendHalf(const HalfAttention &attention, int64_t begin, int64_t end);

}  // namespace ptl
