// A layer of an encoder in bfloat16, as an operation of TensorFlow.
#include <string>

#include "bfloat16-layer.h"
#include "kernel.h"

namespace {

struct Settings {
  int64_t batch, heads, head_size;
  float epsilon;
};

void *CreateSettings(TF_OpKernelConstruction *construction) {
  Settings *settings = new Settings{};
  ptl::ReadAttribute(construction, "batch", &settings->batch) &&
      ptl::ReadAttribute(construction, "heads", &settings->heads) &&
      ptl::ReadAttribute(construction, "head_size", &settings->head_size) &&
      ptl::ReadAttribute(construction, "epsilon", &settings->epsilon);
  return settings;
}

void DeleteSettings(void *settings) { delete static_cast<Settings *>(settings); }

bool RequireShape(ptl::Call &call, const TF_Tensor *tensor, const std::vector<int64_t> &expected, const char *name) {
  std::string text;
  for (int64_t length : expected) text += (text.empty() ? "" : ", ") + std::to_string(length);
  return call.Require(ptl::ShapeOf(tensor) == expected,
                      std::string(name) + " has shape " + ptl::ShapeText(tensor) + ", expected [" + text + "]");
}

// A packed weight [out, in / 2] and its bias.
bool ReadLinear(ptl::Call &call, int first, const char *name, int64_t out, int64_t in, ptl::HalfLinear &linear) {
  TF_Tensor *weight = call.Input(first, name, TF_INT32), *bias = call.Input(first + 1, name);
  if (call.failed()) return false;
  const std::string of_bias = std::string("the bias of ") + name;
  if (!RequireShape(call, weight, {out, in / 2}, name)) return false;
  if (!RequireShape(call, bias, {out}, of_bias.c_str())) return false;
  linear = {{static_cast<const ptl::Bfloat16 *>(TF_TensorData(weight)), out, in}, ptl::Values(bias)};
  return true;
}

bool ReadNorm(ptl::Call &call, int first, const char *name, int64_t width, float epsilon, ptl::LayerNorm &norm) {
  TF_Tensor *scale = call.Input(first, name), *shift = call.Input(first + 1, name);
  if (call.failed()) return false;
  if (!RequireShape(call, scale, {width}, name) || !RequireShape(call, shift, {width}, name)) return false;
  norm = {ptl::Values(scale), ptl::Values(shift), epsilon};
  return true;
}

bool ReadRows(ptl::Call &call, const Settings &settings, ptl::EncoderLayerInputs &inputs) {
  TF_Tensor *rows = call.Input(0, "rows"), *hidden = call.Input(1, "hidden");
  if (call.failed()) return false;
  const std::string shapes = "rows has shape " + ptl::ShapeText(rows) + ", hidden has " + ptl::ShapeText(hidden);
  const int64_t batch = settings.batch;
  if (!call.Require(batch > 0 && settings.heads > 0 && settings.head_size > 0 && settings.head_size % 2 == 0,
                    "batch, heads and an even head_size are needed"))
    return false;
  if (!call.Require(TF_NumDims(rows) == 2 && TF_NumDims(hidden) == 2 && TF_Dim(rows, 1) == TF_Dim(hidden, 1) &&
                        TF_Dim(rows, 1) > 0 && TF_Dim(rows, 1) % 2 == 0 && TF_Dim(rows, 0) % batch == 0 &&
                        TF_Dim(hidden, 0) % batch == 0,
                    shapes))
    return false;
  inputs.batch = batch;
  inputs.queries = TF_Dim(rows, 0) / batch, inputs.keys = TF_Dim(hidden, 0) / batch;
  inputs.rows = ptl::Values(rows), inputs.hidden = ptl::Values(hidden);
  return true;
}

bool ReadPrefix(ptl::Call &call, const Settings &settings, ptl::EncoderLayerInputs &inputs) {
  TF_Tensor *keys = call.Input(14, "prefix_keys"), *values = call.Input(15, "prefix_values");
  TF_Tensor *mask = call.Input(16, "mask");
  if (call.failed()) return false;
  const std::string shapes =
      "prefix_keys has shape " + ptl::ShapeText(keys) + ", prefix_values " + ptl::ShapeText(values);
  if (!call.Require(ptl::ShapeOf(keys) == ptl::ShapeOf(values) && TF_NumDims(keys) == 4 &&
                        (TF_Dim(keys, 0) == 1 || TF_Dim(keys, 0) == settings.batch) &&
                        TF_Dim(keys, 1) == settings.heads && TF_Dim(keys, 3) == settings.head_size,
                    shapes))
    return false;
  inputs.prefix = TF_Dim(keys, 2);
  inputs.prefix_keys = ptl::Values(keys), inputs.prefix_values = ptl::Values(values);
  inputs.prefix_stride = TF_Dim(keys, 0) == 1 ? 0 : settings.heads * inputs.prefix * settings.head_size;
  const int64_t masked = TF_TensorElementCount(mask), positions = inputs.prefix + inputs.keys;
  if (!call.Require(masked == 0 || masked == settings.batch * positions,
                    "mask has shape " + ptl::ShapeText(mask) + ", expected " + std::to_string(settings.batch) +
                        " times " + std::to_string(positions) + " values"))
    return false;
  inputs.mask = masked == 0 ? nullptr : ptl::Values(mask);
  return call.Require(positions > 0 || inputs.queries == 0, "a query sees no position");
}

bool ReadLayer(ptl::Call &call, const Settings &settings, int64_t hidden, ptl::EncoderLayer &layer) {
  layer.heads = settings.heads, layer.head_size = settings.head_size;
  const int64_t width = layer.width();
  TF_Tensor *inner = call.Input(8, "inner", TF_INT32);
  if (call.failed() || !call.Require(TF_NumDims(inner) == 2, "inner has shape " + ptl::ShapeText(inner))) return false;
  const int64_t inner_width = TF_Dim(inner, 0);
  if (!call.Require(inner_width > 0 && inner_width % 2 == 0, "inner has shape " + ptl::ShapeText(inner))) return false;
  return ReadLinear(call, 2, "input", 3 * width, hidden, layer.input) &&
         ReadLinear(call, 4, "attended", hidden, width, layer.attended) &&
         ReadNorm(call, 6, "attended_norm", hidden, settings.epsilon, layer.attended_norm) &&
         ReadLinear(call, 8, "inner", inner_width, hidden, layer.inner) &&
         ReadLinear(call, 10, "output", hidden, inner_width, layer.output) &&
         ReadNorm(call, 12, "output_norm", hidden, settings.epsilon, layer.output_norm);
}

void ComputeLayer(void *attributes, TF_OpKernelContext *context) {
  const Settings &settings = *static_cast<Settings *>(attributes);
  ptl::Call call(context);
  if (!call.Require(ptl::HasBfloat16Tiles(), "the processor has no instructions of AVX-512 BF16")) return;
  ptl::EncoderLayerInputs inputs{};
  if (!ReadRows(call, settings, inputs) || !ReadPrefix(call, settings, inputs)) return;
  TF_Tensor *rows = call.Input(0, "rows");
  if (call.failed()) return;
  const int64_t hidden = TF_Dim(rows, 1);
  ptl::EncoderLayer layer{};
  if (!ReadLayer(call, settings, hidden, layer)) return;
  float *output = call.Output(0, {inputs.batch * inputs.queries, hidden});
  if (call.failed() || inputs.queries == 0) return;
  ptl::RunEncoderLayer(layer, inputs, output);
}

const bool registered = ptl::Register(
    {"PtlBfloat16EncoderLayer",
     {"rows: float", "hidden: float", "input: int32", "input_bias: float", "attended: int32", "attended_bias: float",
      "attended_scale: float", "attended_shift: float", "inner: int32", "inner_bias: float", "output: int32",
      "output_bias: float", "output_scale: float", "output_shift: float", "prefix_keys: float", "prefix_values: float",
      "mask: float"},
     {"y: float"},
     {"batch: int", "heads: int", "head_size: int", "epsilon: float"},
     ComputeLayer,
     CreateSettings,
     DeleteSettings});

}  // namespace
