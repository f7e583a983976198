// GELU with the exact normal distribution function, and its gradient.
#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr int64_t kGrain = 16384;

PTL_VECTOR_CODE void Gelu(const float *x, float *y, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) y[i] = x[i] * ptl::NormalCdf(x[i]);
}

PTL_VECTOR_CODE void GeluGrad(const float *dy, const float *x, float *dx, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    const float density = 0.39894228f * ptl::Exp(-0.5f * x[i] * x[i]);
    dx[i] = dy[i] * (ptl::NormalCdf(x[i]) + x[i] * density);
  }
}

void ComputeGelu(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *x = call.Input(0, "x");
  if (call.failed()) return;
  float *y = call.Output(0, ptl::ShapeOf(x));
  if (call.failed()) return;
  const float *in = ptl::Values(x);
  ptl::ParallelFor(TF_TensorElementCount(x), kGrain,
                   [=](int64_t begin, int64_t end) { Gelu(in, y, begin, end); });
}

void ComputeGeluGrad(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *dy = call.Input(0, "dy");
  TF_Tensor *x = call.Input(1, "x");
  if (call.failed()) return;
  if (!call.Require(ptl::ShapeOf(dy) == ptl::ShapeOf(x),
                    "dy has shape " + ptl::ShapeText(dy) + ", x has " + ptl::ShapeText(x)))
    return;
  float *dx = call.Output(0, ptl::ShapeOf(x));
  if (call.failed()) return;
  const float *gradient = ptl::Values(dy), *in = ptl::Values(x);
  ptl::ParallelFor(TF_TensorElementCount(x), kGrain,
                   [=](int64_t begin, int64_t end) { GeluGrad(gradient, in, dx, begin, end); });
}

const bool registered =
    ptl::Register({"PtlGelu", {"x: float"}, {"y: float"}, {}, ComputeGelu}) &&
    ptl::Register({"PtlGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, ComputeGeluGrad});

}  // namespace
