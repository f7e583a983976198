#include "kernel.h"

#include <cstdio>
#include <cstdlib>

namespace ptl {
namespace {

void UnknownShapes(TF_ShapeInferenceContext *context, TF_Status *status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void Expect(TF_Status *status, const char *name) {
  if (TF_GetCode(status) == TF_OK) return;
  std::fprintf(stderr, "PTL's operation %s cannot be registered: %s\n", name, TF_Message(status));
  std::abort();
}

}  // namespace

Call::~Call() {
  for (TF_Tensor *tensor : tensors_) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status_);
}

TF_Tensor *Call::Input(int index, const char *name, TF_DataType type) {
  if (failed_) return nullptr;
  TF_Tensor *tensor = nullptr;
  TF_GetInput(context_, index, &tensor, status_);
  if (TF_GetCode(status_) != TF_OK) {
    Fail();
    return nullptr;
  }
  tensors_.push_back(tensor);
  const char *expected = type == TF_FLOAT ? " is not float32" : " is not int32";
  if (!Require(TF_TensorType(tensor) == type, std::string(name) + expected)) return nullptr;
  return tensor;
}

float *Call::Output(int index, const std::vector<int64_t> &shape) {
  if (failed_) return nullptr;
  size_t bytes = sizeof(float);
  for (int64_t length : shape) bytes *= static_cast<size_t>(length);
  TF_Tensor *tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                        bytes, status_);
  if (TF_GetCode(status_) != TF_OK) {
    Fail();
    return nullptr;
  }
  tensors_.push_back(tensor);
  return Values(tensor);
}

bool Call::Require(bool condition, const std::string &message) {
  if (condition || failed_) return condition && !failed_;
  TF_SetStatus(status_, TF_INVALID_ARGUMENT, message.c_str());
  Fail();
  return false;
}

void Call::Fail() {
  failed_ = true;
  TF_OpKernelContext_Failure(context_, status_);
}

std::vector<int64_t> ShapeOf(const TF_Tensor *tensor) {
  std::vector<int64_t> shape;
  for (int axis = 0; axis < TF_NumDims(tensor); axis++) shape.push_back(TF_Dim(tensor, axis));
  return shape;
}

std::string ShapeText(const TF_Tensor *tensor) {
  std::string text = "[";
  for (int64_t length : ShapeOf(tensor)) text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  return text + "]";
}

bool ReadAttribute(TF_OpKernelConstruction *construction, const char *name, int64_t *value) {
  TF_Status *status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrInt64(construction, name, value, status);
  const bool read = TF_GetCode(status) == TF_OK;
  if (!read) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return read;
}

bool ReadAttribute(TF_OpKernelConstruction *construction, const char *name, float *value) {
  TF_Status *status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrFloat(construction, name, value, status);
  const bool read = TF_GetCode(status) == TF_OK;
  if (!read) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return read;
}

bool Register(const Operation &operation) {
  TF_Status *status = TF_NewStatus();
  TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char *input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char *output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char *attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, UnknownShapes);
  TF_RegisterOpDefinition(definition, status);
  Expect(status, operation.name);
  TF_KernelBuilder *kernel =
      TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, operation.destroy);
  TF_RegisterKernelBuilder(operation.name, kernel, status);
  Expect(status, operation.name);
  TF_DeleteStatus(status);
  return true;
}

}  // namespace ptl
