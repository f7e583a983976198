// Attention of one group of query heads to the key and value head that they share, for one row of a batch.
#pragma once

#include <cstdint>
#include <vector>

namespace ptl {

struct AttentionShape {
  int64_t batch, queries, keys, heads, key_heads, head_size, prefix;
  bool causal;

  int64_t group() const { return heads / key_heads; }
  int64_t positions() const { return prefix + keys; }
};

// Rows `width` floats long; a head's values begin at its own column. `bias` has as many values as a row, or is null.
struct HeadRows {
  const float *values, *bias;
  int64_t width;
};

struct AttentionInputs {
  AttentionShape shape;
  // Columns of the first query head, key head and value head.
  int64_t query_column, key_column, value_column;
  HeadRows query, key_value;
  // [1 or batch, key heads, prefix, head size]; `prefix_stride` floats lie between two rows of the batch, or none.
  const float *prefix_keys, *prefix_values;
  int64_t prefix_stride;
  // Added to the scores, [batch, positions]; null where nothing is masked.
  const float *mask;
};

struct AttentionGradients {
  // [batch * queries, heads * head size]
  const float *dy;
  float *query, *key_value;
  int64_t query_width, key_value_width;
  // [batch, key heads, prefix, head size]
  float *prefix_keys, *prefix_values;
};

// Room for intermediate values, which one thread uses again and again.
using Scratch = std::vector<float>;

// Writes the outputs [batch * queries, heads * head size] and the logarithms of the softmax's denominators [batch, heads,
// queries] of key heads [begin, end), counted over batch and heads.
void Attend(const AttentionInputs &inputs, float *output, float *log_sums, int64_t begin, int64_t end);

// Writes the gradients of the same heads.
void AttendGradient(const AttentionInputs &inputs, const float *log_sums, const AttentionGradients &gradients,
                    int64_t begin, int64_t end);

}  // namespace ptl
