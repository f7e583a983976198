// Multi-head attention with a prefix, and its gradient, as operations of TensorFlow.
#include "attention-head.h"
#include "kernel.h"
#include "parallel.h"

namespace {

using ptl::AttentionInputs;
using ptl::AttentionShape;

// Work that one thread takes at least, in multiplications.
constexpr int64_t kGrain = 1 << 17;

struct Settings {
  int64_t batch, heads, key_heads, head_size, causal;
};

struct Tensors {
  TF_Tensor *query, *key_value, *query_bias, *key_value_bias, *prefix_keys, *prefix_values, *mask;
};

void *CreateSettings(TF_OpKernelConstruction *construction) {
  Settings *settings = new Settings{};
  ptl::ReadAttribute(construction, "batch", &settings->batch) && ptl::ReadAttribute(construction, "heads", &settings->heads) &&
      ptl::ReadAttribute(construction, "key_heads", &settings->key_heads) &&
      ptl::ReadAttribute(construction, "head_size", &settings->head_size) &&
      ptl::ReadAttribute(construction, "causal", &settings->causal);
  return settings;
}

void DeleteSettings(void *settings) { delete static_cast<Settings *>(settings); }

Tensors ReadTensors(ptl::Call &call, int first) {
  return {call.Input(first, "query"),           call.Input(first + 1, "key_value"),
          call.Input(first + 2, "query_bias"),  call.Input(first + 3, "key_value_bias"),
          call.Input(first + 4, "prefix_keys"), call.Input(first + 5, "prefix_values"),
          call.Input(first + 6, "mask")};
}

bool RequireRows(ptl::Call &call, const TF_Tensor *rows, const Settings &settings, int64_t width, const char *name) {
  return call.Require(TF_NumDims(rows) == 2 && TF_Dim(rows, 0) % settings.batch == 0 && TF_Dim(rows, 1) == width,
                      std::string(name) + " has shape " + ptl::ShapeText(rows) + ", expected [" +
                          std::to_string(settings.batch) + " * sequence, " + std::to_string(width) + "]");
}

bool RequireBias(ptl::Call &call, const TF_Tensor *bias, const TF_Tensor *rows, const char *name) {
  const int64_t count = TF_TensorElementCount(bias);
  return call.Require(count == 0 || count == TF_Dim(rows, 1), std::string(name) + " has shape " +
                                                                  ptl::ShapeText(bias) + ", its rows have " +
                                                                  ptl::ShapeText(rows));
}

bool RequirePrefix(ptl::Call &call, const Tensors &tensors, const Settings &settings) {
  const TF_Tensor *keys = tensors.prefix_keys;
  if (!call.Require(ptl::ShapeOf(keys) == ptl::ShapeOf(tensors.prefix_values),
                    "prefix_keys has shape " + ptl::ShapeText(keys) + ", prefix_values " +
                        ptl::ShapeText(tensors.prefix_values)))
    return false;
  return call.Require(TF_NumDims(keys) == 4 && (TF_Dim(keys, 0) == 1 || TF_Dim(keys, 0) == settings.batch) &&
                          TF_Dim(keys, 1) == settings.key_heads && TF_Dim(keys, 3) == settings.head_size,
                      "prefix_keys has shape " + ptl::ShapeText(keys) + ", expected [1 or " +
                          std::to_string(settings.batch) + ", " + std::to_string(settings.key_heads) + ", prefix, " +
                          std::to_string(settings.head_size) + "]");
}

const float *ValuesOrNull(const TF_Tensor *tensor) {
  return TF_TensorElementCount(tensor) == 0 ? nullptr : ptl::Values(tensor);
}

// Checks everything and lays it out; false after a failure. Queries that are as wide as queries, keys and values
// together are those three side by side.
bool Prepare(ptl::Call &call, const Tensors &tensors, const Settings &settings, AttentionInputs &inputs) {
  if (call.failed()) return false;
  const auto [batch, heads, key_heads, head_size, causal] = settings;
  if (!call.Require(batch > 0 && key_heads > 0 && head_size > 0 && heads > 0 && heads % key_heads == 0,
                    "batch, heads, key_heads and head_size do not fit together"))
    return false;
  const int64_t query_width = heads * head_size, key_value_width = 2 * key_heads * head_size;
  const bool packed = TF_NumDims(tensors.query) == 2 && TF_Dim(tensors.query, 1) == query_width + key_value_width;
  const int64_t extra = packed ? query_width : 0;
  if (!RequireRows(call, tensors.query, settings, query_width + (packed ? key_value_width : 0), "query")) return false;
  if (!RequireRows(call, tensors.key_value, settings, key_value_width + extra, "key_value")) return false;
  if (!RequireBias(call, tensors.query_bias, tensors.query, "query_bias")) return false;
  if (!RequireBias(call, tensors.key_value_bias, tensors.key_value, "key_value_bias")) return false;
  if (!RequirePrefix(call, tensors, settings)) return false;
  const AttentionShape shape{batch,     TF_Dim(tensors.query, 0) / batch, TF_Dim(tensors.key_value, 0) / batch,
                             heads,     key_heads,                        head_size,
                             TF_Dim(tensors.prefix_keys, 2), causal != 0};
  const int64_t masked = TF_TensorElementCount(tensors.mask);
  if (!call.Require(masked == 0 || masked == batch * shape.positions(),
                    "mask has shape " + ptl::ShapeText(tensors.mask) + ", expected " + std::to_string(batch) + " times " +
                        std::to_string(shape.positions()) + " values"))
    return false;
  if (!call.Require(shape.positions() > 0 && (!causal || shape.keys >= shape.queries), "a query sees no position"))
    return false;
  inputs.shape = shape;
  inputs.query_column = 0, inputs.key_column = extra, inputs.value_column = extra + key_heads * head_size;
  inputs.query = {ptl::Values(tensors.query), ValuesOrNull(tensors.query_bias), TF_Dim(tensors.query, 1)};
  inputs.key_value = {ptl::Values(tensors.key_value), ValuesOrNull(tensors.key_value_bias),
                      TF_Dim(tensors.key_value, 1)};
  inputs.prefix_keys = ptl::Values(tensors.prefix_keys), inputs.prefix_values = ptl::Values(tensors.prefix_values);
  inputs.prefix_stride = TF_Dim(tensors.prefix_keys, 0) == 1 ? 0 : key_heads * shape.prefix * head_size;
  inputs.mask = ValuesOrNull(tensors.mask);
  return true;
}

int64_t Grain(const AttentionShape &shape) {
  return 1 + kGrain / (1 + shape.group() * shape.queries * shape.positions() * shape.head_size);
}

void ComputeAttention(void *settings, TF_OpKernelContext *context) {
  ptl::Call call(context);
  AttentionInputs inputs;
  if (!Prepare(call, ReadTensors(call, 0), *static_cast<Settings *>(settings), inputs)) return;
  const AttentionShape &shape = inputs.shape;
  float *output = call.Output(0, {shape.batch * shape.queries, shape.heads * shape.head_size});
  float *log_sums = call.Output(1, {shape.batch, shape.heads, shape.queries});
  if (call.failed()) return;
  ptl::ParallelFor(shape.batch * shape.key_heads, Grain(shape), [&](int64_t begin, int64_t end) {
    ptl::Attend(inputs, output, log_sums, begin, end);
  });
}

// Sums over the rows of the batch, in their order.
void SumRows(const std::vector<float> &rows, int64_t batch, float *sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] = 0.0f;
  for (int64_t row = 0; row < batch; row++) {
    for (int64_t i = 0; i < count; i++) sum[i] += rows[row * count + i];
  }
}

void ComputeAttentionGrad(void *settings, TF_OpKernelContext *context) {
  ptl::Call call(context);
  AttentionInputs inputs;
  TF_Tensor *dy = call.Input(0, "dy"), *log_sums = call.Input(1, "log_sums");
  const Tensors tensors = ReadTensors(call, 2);
  if (!Prepare(call, tensors, *static_cast<Settings *>(settings), inputs)) return;
  const AttentionShape &shape = inputs.shape;
  const int64_t outputs = shape.batch * shape.queries * shape.heads;
  if (!call.Require(TF_TensorElementCount(dy) == outputs * shape.head_size, "dy has shape " + ptl::ShapeText(dy)) ||
      !call.Require(TF_TensorElementCount(log_sums) == outputs, "log_sums has shape " + ptl::ShapeText(log_sums)))
    return;
  const bool packed = inputs.key_column > 0;
  float *query = call.Output(0, ptl::ShapeOf(tensors.query));
  float *key_value = call.Output(1, packed ? std::vector<int64_t>{0, inputs.key_value.width} : ptl::ShapeOf(tensors.key_value));
  float *prefix_keys = call.Output(2, ptl::ShapeOf(tensors.prefix_keys));
  float *prefix_values = call.Output(3, ptl::ShapeOf(tensors.prefix_values));
  if (call.failed()) return;
  // Rows that share a prefix write their parts apart, so that the sum never depends on the threads.
  const bool shared = inputs.prefix_stride == 0 && shape.prefix > 0 && shape.batch > 1;
  const int64_t count = shape.key_heads * shape.prefix * shape.head_size;
  std::vector<float> keys(shared ? shape.batch * count : 0), values(keys.size());
  const ptl::AttentionGradients gradients{ptl::Values(dy),
                                          query,
                                          packed ? query : key_value,
                                          inputs.query.width,
                                          inputs.key_value.width,
                                          shared ? keys.data() : prefix_keys,
                                          shared ? values.data() : prefix_values};
  ptl::ParallelFor(shape.batch * shape.key_heads, Grain(shape), [&](int64_t begin, int64_t end) {
    ptl::AttendGradient(inputs, ptl::Values(log_sums), gradients, begin, end);
  });
  if (!shared) return;
  SumRows(keys, shape.batch, prefix_keys, count);
  SumRows(values, shape.batch, prefix_values, count);
}

const bool registered =
    ptl::Register({"PtlAttention",
                   {"query: float", "key_value: float", "query_bias: float", "key_value_bias: float",
                    "prefix_keys: float", "prefix_values: float", "mask: float"},
                   {"output: float", "log_sums: float"},
                   {"batch: int", "heads: int", "key_heads: int", "head_size: int", "causal: int"},
                   ComputeAttention,
                   CreateSettings,
                   DeleteSettings}) &&
    ptl::Register({"PtlAttentionGrad",
                   {"dy: float", "log_sums: float", "query: float", "key_value: float", "query_bias: float",
                    "key_value_bias: float", "prefix_keys: float", "prefix_values: float", "mask: float"},
                   {"d_query: float", "d_key_value: float", "d_prefix_keys: float", "d_prefix_values: float"},
                   {"batch: int", "heads: int", "key_heads: int", "head_size: int", "causal: int"},
                   ComputeAttentionGrad,
                   CreateSettings,
                   DeleteSettings});

}  // namespace
