// The recurrence of an LSTM in several directions at once, c = σ(f) c + σ(i) tanh(g) and h = σ(o) tanh(c), and its gradient.
#include <string>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr int64_t kGrain = 1 << 15;

struct Shape {
  int64_t directions, steps, units;

  int64_t gates() const { return 4 * units; }
  int64_t states() const { return steps * units; }
};

PTL_INLINE float Sigmoid(float x) { return 1.0f / (1.0f + ptl::Exp(-x)); }

PTL_INLINE float Tanh(float x) {
  const float power = ptl::Exp(-2.0f * (x < 0.0f ? -x : x));
  const float size = (1.0f - power) / (1.0f + power);
  return x < 0.0f ? -size : size;
}

PTL_INLINE float Dot(const float *a, const float *b, int64_t count) {
  float sums[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int lane = 0; lane < 16; lane++) sums[lane] += a[i + lane] * b[i + lane];
  }
  float total = 0.0f;
  for (int lane = 0; lane < 8; lane++) total += sums[lane] + sums[lane + 8];
  for (; i < count; i++) total += a[i] * b[i];
  return total;
}

PTL_INLINE void AddScaled(float factor, const float *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] += factor * from[i];
}

// One direction: `gates` are the input's share of them, `activated` what they become; gates stand in the order of
// PyTorch, input, forget, cell, output.
struct Trace {
  const float *weight, *gates;
  float *states, *cells, *activated;
};

PTL_VECTOR_CODE void Run(const Shape &shape, const Trace &trace) {
  const int64_t units = shape.units;
  for (int64_t step = 0; step < shape.steps; step++) {
    const float *before = step > 0 ? trace.states + (step - 1) * units : nullptr;
    const float *cell_before = step > 0 ? trace.cells + (step - 1) * units : nullptr;
    const float *gates = trace.gates + step * shape.gates();
    float *activated = trace.activated + step * shape.gates();
    for (int64_t row = 0; row < shape.gates(); row++) {
      activated[row] = gates[row] + (before ? Dot(trace.weight + row * units, before, units) : 0.0f);
    }
    float *input = activated, *forget = input + units, *candidate = forget + units, *output = candidate + units;
    float *cell = trace.cells + step * units, *state = trace.states + step * units;
    for (int64_t i = 0; i < units; i++) {
      input[i] = Sigmoid(input[i]);
      forget[i] = Sigmoid(forget[i]);
      candidate[i] = Tanh(candidate[i]);
      output[i] = Sigmoid(output[i]);
      cell[i] = input[i] * candidate[i] + (cell_before ? forget[i] * cell_before[i] : 0.0f);
      state[i] = output[i] * Tanh(cell[i]);
    }
  }
}

struct GradTrace {
  const float *weight, *dy, *cells, *activated;
  float *gates;
};

// From the last step to the first: the gradient of each step's gates, before they are squashed.
PTL_VECTOR_CODE void RunBack(const Shape &shape, const GradTrace &trace) {
  const int64_t units = shape.units;
  std::vector<float> state(units), cell(units, 0.0f);
  for (int64_t step = shape.steps - 1; step >= 0; step--) {
    const float *dy = trace.dy + step * units, *cells = trace.cells + step * units;
    for (int64_t i = 0; i < units; i++) state[i] = dy[i];
    if (step + 1 < shape.steps) {
      const float *later = trace.gates + (step + 1) * shape.gates();
      for (int64_t row = 0; row < shape.gates(); row++) {
        AddScaled(later[row], trace.weight + row * units, state.data(), units);
      }
    }
    const float *before = step > 0 ? cells - units : nullptr;
    const float *input = trace.activated + step * shape.gates();
    const float *forget = input + units, *candidate = forget + units, *output = candidate + units;
    float *gates = trace.gates + step * shape.gates();
    for (int64_t i = 0; i < units; i++) {
      const float squashed = Tanh(cells[i]);
      cell[i] += state[i] * output[i] * (1.0f - squashed * squashed);
      gates[i] = cell[i] * candidate[i] * input[i] * (1.0f - input[i]);
      gates[units + i] = before ? cell[i] * before[i] * forget[i] * (1.0f - forget[i]) : 0.0f;
      gates[2 * units + i] = cell[i] * input[i] * (1.0f - candidate[i] * candidate[i]);
      gates[3 * units + i] = state[i] * squashed * output[i] * (1.0f - output[i]);
      cell[i] *= forget[i];
    }
  }
}

// Rows [begin, end) of the weight's gradient, counted over directions: what a step's gates got times the state before it.
PTL_VECTOR_CODE void WeightGradient(const Shape &shape, const float *gates, const float *states, float *weight,
                                    int64_t begin, int64_t end) {
  const int64_t units = shape.units;
  for (int64_t index = begin; index < end; index++) {
    const int64_t direction = index / shape.gates(), row = index % shape.gates();
    const float *own = gates + direction * shape.steps * shape.gates() + row;
    const float *seen = states + direction * shape.states();
    float *to = weight + index * units;
    for (int64_t i = 0; i < units; i++) to[i] = 0.0f;
    for (int64_t step = 1; step < shape.steps; step++) {
      AddScaled(own[step * shape.gates()], seen + (step - 1) * units, to, units);
    }
  }
}

bool RequireShape(ptl::Call &call, const TF_Tensor *tensor, const std::vector<int64_t> &expected, const char *name) {
  return call.Require(ptl::ShapeOf(tensor) == expected,
                      std::string(name) + " has shape " + ptl::ShapeText(tensor) + ", which does not fit the weight");
}

// The shape that a weight [directions, 4 * units, units] and that many steps have; false after a failure.
bool ReadShape(ptl::Call &call, const TF_Tensor *weight, const TF_Tensor *rows, Shape &shape) {
  if (call.failed()) return false;
  if (!call.Require(TF_NumDims(weight) == 3 && TF_Dim(weight, 1) == 4 * TF_Dim(weight, 2),
                    "weight has shape " + ptl::ShapeText(weight) + ", expected [directions, 4 * units, units]") ||
      !call.Require(TF_NumDims(rows) == 3, "expected [directions, steps, ...], got " + ptl::ShapeText(rows)))
    return false;
  shape = {TF_Dim(weight, 0), TF_Dim(rows, 1), TF_Dim(weight, 2)};
  return true;
}

int64_t DirectionGrain(const Shape &shape) { return 1 + kGrain / (1 + shape.states() * shape.gates()); }

void ComputeLstm(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *gates = call.Input(0, "gates"), *weight = call.Input(1, "weight");
  Shape shape;
  if (!ReadShape(call, weight, gates, shape)) return;
  const std::vector<int64_t> narrow{shape.directions, shape.steps, shape.units};
  const std::vector<int64_t> wide{shape.directions, shape.steps, shape.gates()};
  if (!RequireShape(call, gates, wide, "gates")) return;
  float *states = call.Output(0, narrow), *cells = call.Output(1, narrow), *activated = call.Output(2, wide);
  if (call.failed()) return;
  ptl::ParallelFor(shape.directions, DirectionGrain(shape), [&](int64_t begin, int64_t end) {
    for (int64_t d = begin; d < end; d++) {
      Run(shape, {ptl::Values(weight) + d * shape.gates() * shape.units, ptl::Values(gates) + d * 4 * shape.states(),
                  states + d * shape.states(), cells + d * shape.states(), activated + d * 4 * shape.states()});
    }
  });
}

void ComputeLstmGrad(void *, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *dy = call.Input(0, "dy"), *states = call.Input(1, "states"), *cells = call.Input(2, "cells");
  TF_Tensor *activated = call.Input(3, "activated"), *weight = call.Input(4, "weight");
  Shape shape;
  if (!ReadShape(call, weight, dy, shape)) return;
  const std::vector<int64_t> narrow{shape.directions, shape.steps, shape.units};
  const std::vector<int64_t> wide{shape.directions, shape.steps, shape.gates()};
  if (!RequireShape(call, dy, narrow, "dy") || !RequireShape(call, states, narrow, "states") ||
      !RequireShape(call, cells, narrow, "cells") || !RequireShape(call, activated, wide, "activated"))
    return;
  float *d_gates = call.Output(0, wide), *d_weight = call.Output(1, ptl::ShapeOf(weight));
  if (call.failed()) return;
  ptl::ParallelFor(shape.directions, DirectionGrain(shape), [&](int64_t begin, int64_t end) {
    for (int64_t d = begin; d < end; d++) {
      RunBack(shape, {ptl::Values(weight) + d * shape.gates() * shape.units, ptl::Values(dy) + d * shape.states(),
                      ptl::Values(cells) + d * shape.states(), ptl::Values(activated) + d * 4 * shape.states(),
                      d_gates + d * 4 * shape.states()});
    }
  });
  ptl::ParallelFor(shape.directions * shape.gates(), 1 + kGrain / (1 + shape.states()),
                   [&](int64_t begin, int64_t end) {
                     WeightGradient(shape, d_gates, ptl::Values(states), d_weight, begin, end);
                   });
}

const bool registered =
    ptl::Register({"PtlLstm",
                   {"gates: float", "weight: float"},
                   {"states: float", "cells: float", "activated: float"},
                   {},
                   ComputeLstm}) &&
    ptl::Register({"PtlLstmGrad",
                   {"dy: float", "states: float", "cells: float", "activated: float", "weight: float"},
                   {"d_gates: float", "d_weight: float"},
                   {},
                   ComputeLstmGrad});

}  // namespace
