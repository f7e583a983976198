// TensorFlow operations of our own, written against its stable C API.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace ptl {

// One call of a kernel: its inputs, its outputs, and what went wrong. What is not freed by its owner is freed here.
class Call {
 public:
  explicit Call(TF_OpKernelContext *context) : context_(context), status_(TF_NewStatus()) {}
  ~Call();
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;

  // The input of that place, which must be of that type; null after a failure.
  TF_Tensor *Input(int index, const char *name, TF_DataType type = TF_FLOAT);
  // A float32 output of that shape; null after a failure.
  float *Output(int index, const std::vector<int64_t> &shape);
  // Fails the operation, as a TensorFlow error, unless the condition holds.
  bool Require(bool condition, const std::string &message);
  bool failed() const { return failed_; }

 private:
  void Fail();

  TF_OpKernelContext *context_;
  TF_Status *status_;
  std::vector<TF_Tensor *> tensors_;
  bool failed_ = false;
};

std::vector<int64_t> ShapeOf(const TF_Tensor *tensor);
std::string ShapeText(const TF_Tensor *tensor);
inline float *Values(const TF_Tensor *tensor) { return static_cast<float *>(TF_TensorData(tensor)); }

using Compute = void (*)(void *, TF_OpKernelContext *);
using Create = void *(*)(TF_OpKernelConstruction *);
using Delete = void (*)(void *);

struct Operation {
  const char *name;
  std::initializer_list<const char *> inputs;
  std::initializer_list<const char *> outputs;
  std::initializer_list<const char *> attributes;
  Compute compute;
  Create create = nullptr;
  Delete destroy = nullptr;
};

// Reads an attribute while a kernel is made; false, and the making fails, where there is none.
bool ReadAttribute(TF_OpKernelConstruction *construction, const char *name, int64_t *value);
bool ReadAttribute(TF_OpKernelConstruction *construction, const char *name, float *value);

// Defines the operation and its kernel for the CPU. Ends the process if TensorFlow refuses, since that is a fault of ours.
bool Register(const Operation &operation);

}  // namespace ptl
