// A layer of an encoder whose frozen weights are in bfloat16, without gradients: between its products, values stay in
// bfloat16 and in the caches.
#pragma once

#include <cstdint>

#include "bfloat16-tiles.h"

namespace ptl {

// x Wᵀ + b of a weight [out, in].
struct HalfLinear {
  HalfMatrix weight;
  const float *bias;
};

struct LayerNorm {
  const float *scale, *shift;
  float epsilon;
};

struct EncoderLayer {
  // `input` gives queries, keys and values side by side.
  HalfLinear input, attended, inner, output;
  LayerNorm attended_norm, output_norm;
  int64_t heads, head_size;

  int64_t hidden() const { return input.weight.columns; }
  int64_t width() const { return heads * head_size; }
};

struct EncoderLayerInputs {
  int64_t batch, queries, keys, prefix;
  // What asks, [batch * queries, hidden], and what is looked at, [batch * keys, hidden]; may be the same.
  const float *rows, *hidden;
  // [1 or batch, heads, prefix, head size]; `prefix_stride` floats lie between two rows of the batch, or none.
  const float *prefix_keys, *prefix_values;
  int64_t prefix_stride;
  // Added to the scores, [batch, prefix + keys]; null where nothing is masked.
  const float *mask;
};

// Attention, then a feed-forward network with GELU, each with its residual and a normalization behind it. Writes
// [batch * queries, hidden]. Columns of all weights, and the head size, are even.
void RunEncoderLayer(const EncoderLayer &layer, const EncoderLayerInputs &inputs, float *output);

}  // namespace ptl
