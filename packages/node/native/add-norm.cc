// Layer normalization of the sum of rows, other rows and a bias, and its gradient.
#include <cmath>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

// Rows that one thread takes at least: some ten thousand values.
constexpr int64_t kGrain = 32;

struct AddNormRows {
  const float *x, *residual, *bias, *scale, *shift;
  float *y, *normalized, *inverse;
  int64_t width;
  float epsilon;
};

// Eight sums side by side, so that they can be one vector.
PTL_INLINE float Sum(const float *values, int64_t count) {
  float sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) sums[lane] += values[i + lane];
  }
  float total = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  for (; i < count; i++) total += values[i];
  return total;
}

PTL_INLINE float Dot(const float *a, const float *b, int64_t count) {
  float sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) sums[lane] += a[i + lane] * b[i + lane];
  }
  float total = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  for (; i < count; i++) total += a[i] * b[i];
  return total;
}

PTL_VECTOR_CODE void AddNorm(const AddNormRows &rows, int64_t begin, int64_t end) {
  const int64_t width = rows.width;
  for (int64_t row = begin; row < end; row++) {
    const float *x = rows.x + row * width, *residual = rows.residual + row * width;
    float *hat = rows.normalized + row * width, *y = rows.y + row * width;
    for (int64_t i = 0; i < width; i++) hat[i] = (x[i] + rows.bias[i]) + residual[i];
    const float mean = Sum(hat, width) / width;
    for (int64_t i = 0; i < width; i++) hat[i] -= mean;
    const float inverse = 1.0f / std::sqrt(Dot(hat, hat, width) / width + rows.epsilon);
    rows.inverse[row] = inverse;
    for (int64_t i = 0; i < width; i++) {
      hat[i] *= inverse;
      y[i] = hat[i] * rows.scale[i] + rows.shift[i];
    }
  }
}

struct GradRows {
  const float *dy, *normalized, *inverse, *scale;
  float *dx;
  int64_t width;
};

PTL_VECTOR_CODE void AddNormGrad(const GradRows &rows, int64_t begin, int64_t end) {
  const int64_t width = rows.width;
  for (int64_t row = begin; row < end; row++) {
    const float *dy = rows.dy + row * width, *hat = rows.normalized + row * width;
    float *dx = rows.dx + row * width;
    for (int64_t i = 0; i < width; i++) dx[i] = dy[i] * rows.scale[i];
    const float mean = Sum(dx, width) / width, along = Dot(dx, hat, width) / width;
    const float inverse = rows.inverse[row];
    for (int64_t i = 0; i < width; i++) dx[i] = (dx[i] - mean - hat[i] * along) * inverse;
  }
}

void *CreateEpsilon(TF_OpKernelConstruction *construction) {
  float *epsilon = new float(0);
  ptl::ReadAttribute(construction, "epsilon", epsilon);
  return epsilon;
}

void DeleteEpsilon(void *epsilon) { delete static_cast<float *>(epsilon); }

bool RequireRows(ptl::Call &call, const TF_Tensor *x) {
  return call.Require(TF_NumDims(x) == 2 && TF_Dim(x, 1) > 0, "expected rows [rows, hidden], got " + ptl::ShapeText(x));
}

bool RequireWidth(ptl::Call &call, const TF_Tensor *vector, const TF_Tensor *x, const char *name) {
  return call.Require(TF_NumDims(vector) == 1 && TF_Dim(vector, 0) == TF_Dim(x, 1),
                      std::string(name) + " has shape " + ptl::ShapeText(vector) + ", the rows " + ptl::ShapeText(x));
}

void ComputeAddNorm(void *epsilon, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *x = call.Input(0, "x"), *residual = call.Input(1, "residual");
  TF_Tensor *bias = call.Input(2, "bias"), *scale = call.Input(3, "scale"), *shift = call.Input(4, "shift");
  if (call.failed() || !RequireRows(call, x)) return;
  if (!call.Require(ptl::ShapeOf(residual) == ptl::ShapeOf(x),
                    "x has shape " + ptl::ShapeText(x) + ", residual has " + ptl::ShapeText(residual)))
    return;
  if (!RequireWidth(call, bias, x, "bias") || !RequireWidth(call, scale, x, "scale") ||
      !RequireWidth(call, shift, x, "shift"))
    return;
  const int64_t count = TF_Dim(x, 0), width = TF_Dim(x, 1);
  float *y = call.Output(0, {count, width}), *normalized = call.Output(1, {count, width});
  float *inverse = call.Output(2, {count, 1});
  if (call.failed()) return;
  const AddNormRows rows{ptl::Values(x),     ptl::Values(residual), ptl::Values(bias), ptl::Values(scale),
                         ptl::Values(shift), y,                     normalized,        inverse,
                         width,              *static_cast<float *>(epsilon)};
  ptl::ParallelFor(count, kGrain, [&rows](int64_t begin, int64_t end) { AddNorm(rows, begin, end); });
}

void ComputeAddNormGrad(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *dy = call.Input(0, "dy"), *normalized = call.Input(1, "normalized");
  TF_Tensor *inverse = call.Input(2, "inverse"), *scale = call.Input(3, "scale");
  if (call.failed() || !RequireRows(call, dy)) return;
  if (!call.Require(ptl::ShapeOf(normalized) == ptl::ShapeOf(dy),
                    "dy has shape " + ptl::ShapeText(dy) + ", normalized has " + ptl::ShapeText(normalized)))
    return;
  if (!call.Require(TF_TensorElementCount(inverse) == TF_Dim(dy, 0), "inverse has shape " + ptl::ShapeText(inverse)))
    return;
  if (!RequireWidth(call, scale, dy, "scale")) return;
  const int64_t count = TF_Dim(dy, 0), width = TF_Dim(dy, 1);
  float *dx = call.Output(0, {count, width});
  if (call.failed()) return;
  const GradRows rows{ptl::Values(dy), ptl::Values(normalized), ptl::Values(inverse), ptl::Values(scale), dx, width};
  ptl::ParallelFor(count, kGrain, [&rows](int64_t begin, int64_t end) { AddNormGrad(rows, begin, end); });
}

const bool registered =
    ptl::Register({"PtlAddNorm",
                   {"x: float", "residual: float", "bias: float", "scale: float", "shift: float"},
                   {"y: float", "normalized: float", "inverse: float"},
                   {"epsilon: float"},
                   ComputeAddNorm,
                   CreateEpsilon,
                   DeleteEpsilon}) &&
    ptl::Register({"PtlAddNormGrad",
                   {"dy: float", "normalized: float", "inverse: float", "scale: float"},
                   {"dx: float"},
                   {},
                   ComputeAddNormGrad});

}  // namespace
