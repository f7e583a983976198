// GELU of rows and a bias, with the exact normal distribution function, and its gradient.
#include <string>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr int64_t kGrain = 16384;

// Rows `width` long, and a bias that is added to each.
struct Rows {
  const float *x, *bias;
  int64_t count, width;
};

PTL_VECTOR_CODE void Gelu(const Rows &rows, float *y, int64_t begin, int64_t end) {
  const int64_t width = rows.width;
  for (int64_t row = begin; row < end; row++) {
    const float *x = rows.x + row * width;
    float *to = y + row * width;
    for (int64_t i = 0; i < width; i++) {
      const float value = x[i] + rows.bias[i];
      to[i] = value * ptl::NormalCdf(value);
    }
  }
}

PTL_VECTOR_CODE void GeluGrad(const Rows &rows, const float *dy, float *dx, int64_t begin, int64_t end) {
  const int64_t width = rows.width;
  for (int64_t row = begin; row < end; row++) {
    const float *x = rows.x + row * width, *gradient = dy + row * width;
    float *to = dx + row * width;
    for (int64_t i = 0; i < width; i++) {
      const float value = x[i] + rows.bias[i];
      const float density = 0.39894228f * ptl::Exp(-0.5f * value * value);
      to[i] = gradient[i] * (ptl::NormalCdf(value) + value * density);
    }
  }
}

bool ReadRows(ptl::Call &call, const TF_Tensor *x, const TF_Tensor *bias, Rows &rows) {
  if (call.failed()) return false;
  const std::string shapes = "x has shape " + ptl::ShapeText(x) + ", bias has " + ptl::ShapeText(bias);
  if (!call.Require(TF_NumDims(x) == 2 && TF_NumDims(bias) == 1 && TF_Dim(bias, 0) == TF_Dim(x, 1), shapes))
    return false;
  rows = {ptl::Values(x), ptl::Values(bias), TF_Dim(x, 0), TF_Dim(x, 1)};
  return true;
}

int64_t RowGrain(const Rows &rows) { return 1 + kGrain / (rows.width + 1); }

void ComputeGelu(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *x = call.Input(0, "x"), *bias = call.Input(1, "bias");
  Rows rows;
  if (!ReadRows(call, x, bias, rows)) return;
  float *y = call.Output(0, ptl::ShapeOf(x));
  if (call.failed()) return;
  ptl::ParallelFor(rows.count, RowGrain(rows), [&](int64_t begin, int64_t end) { Gelu(rows, y, begin, end); });
}

void ComputeGeluGrad(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *dy = call.Input(0, "dy"), *x = call.Input(1, "x"), *bias = call.Input(2, "bias");
  Rows rows;
  if (!ReadRows(call, x, bias, rows)) return;
  if (!call.Require(ptl::ShapeOf(dy) == ptl::ShapeOf(x),
                    "dy has shape " + ptl::ShapeText(dy) + ", x has " + ptl::ShapeText(x)))
    return;
  float *dx = call.Output(0, ptl::ShapeOf(x));
  if (call.failed()) return;
  const float *gradient = ptl::Values(dy);
  ptl::ParallelFor(rows.count, RowGrain(rows),
                   [&](int64_t begin, int64_t end) { GeluGrad(rows, gradient, dx, begin, end); });
}

const bool registered =
    ptl::Register({"PtlGelu", {"x: float", "bias: float"}, {"y: float"}, {}, ComputeGelu}) &&
    ptl::Register({"PtlGeluGrad", {"dy: float", "x: float", "bias: float"}, {"dx: float"}, {}, ComputeGeluGrad});

}  // namespace
