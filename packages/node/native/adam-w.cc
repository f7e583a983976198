// One step of AdamW for one variable, in one pass over it and its moments.
#include <cmath>
#include <string>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr int64_t kGrain = 16384;
constexpr int64_t kSettings = 8;

// Factors of a step, in the order in which they are given.
struct Step {
  float scale, mean_kept, mean_new, square_kept, square_new, epsilon, rate, variable_kept;
};

struct State {
  const float *variable, *gradient, *mean, *square;
  float *next_variable, *next_mean, *next_square;
};

PTL_VECTOR_CODE void Move(const State &state, const Step &step, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    const float gradient = state.gradient[i] * step.scale;
    const float mean = state.mean[i] * step.mean_kept + gradient * step.mean_new;
    const float square = state.square[i] * step.square_kept + gradient * gradient * step.square_new;
    state.next_mean[i] = mean;
    state.next_square[i] = square;
    const float direction = mean / (std::sqrt(square) + step.epsilon);
    state.next_variable[i] = state.variable[i] * step.variable_kept - direction * step.rate;
  }
}

void ComputeAdamW(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *variable = call.Input(0, "variable"), *gradient = call.Input(1, "gradient");
  TF_Tensor *mean = call.Input(2, "mean"), *square = call.Input(3, "square"), *settings = call.Input(4, "settings");
  if (call.failed()) return;
  const std::vector<int64_t> shape = ptl::ShapeOf(variable);
  for (const TF_Tensor *other : {gradient, mean, square}) {
    if (!call.Require(ptl::ShapeOf(other) == shape, "variable has shape " + ptl::ShapeText(variable) +
                                                        ", what belongs to it " + ptl::ShapeText(other)))
      return;
  }
  if (!call.Require(TF_TensorElementCount(settings) == kSettings,
                    "settings has shape " + ptl::ShapeText(settings) + ", expected [8]"))
    return;
  const float *given = ptl::Values(settings);
  const Step step{given[0], given[1], given[2], given[3], given[4], given[5], given[6], given[7]};
  const State state{ptl::Values(variable), ptl::Values(gradient),   ptl::Values(mean),       ptl::Values(square),
                    call.Output(0, shape), call.Output(1, shape), call.Output(2, shape)};
  if (call.failed()) return;
  ptl::ParallelFor(TF_TensorElementCount(variable), kGrain,
                   [&](int64_t begin, int64_t end) { Move(state, step, begin, end); });
}

const bool registered =
    ptl::Register({"PtlAdamW",
                   {"variable: float", "gradient: float", "mean: float", "square: float", "settings: float"},
                   {"next_variable: float", "next_mean: float", "next_square: float"},
                   {},
                   ComputeAdamW});

}  // namespace
