// Products of rows with a weight in bfloat16, of which two neighbours in a row are one number.
#include <memory>
#include <string>

#include "bfloat16-tiles.h"
#include "kernel.h"
#include "parallel.h"

namespace {

// Multiplications that are worth a thread.
constexpr int64_t kGrain = 1 << 20;

void *CreateTranspose(TF_OpKernelConstruction *construction) {
  int64_t *transpose = new int64_t(0);
  ptl::ReadAttribute(construction, "transpose", transpose);
  return transpose;
}

void DeleteTranspose(void *transpose) { delete static_cast<int64_t *>(transpose); }

void ComputeProduct(void *attribute, TF_OpKernelContext *context) {
  ptl::Call call(context);
  TF_Tensor *x = call.Input(0, "x"), *weight = call.Input(1, "weight", TF_INT32);
  if (call.failed()) return;
  const bool transpose = *static_cast<int64_t *>(attribute) != 0;
  if (!call.Require(ptl::HasBfloat16Tiles(), "the processor has no instructions of AVX-512 BF16")) return;
  const std::string shapes = "x has shape " + ptl::ShapeText(x) + ", the packed weight " + ptl::ShapeText(weight);
  if (!call.Require(TF_NumDims(x) == 2 && TF_NumDims(weight) == 2, shapes)) return;
  const ptl::HalfMatrix matrix{static_cast<const ptl::Bfloat16 *>(TF_TensorData(weight)), TF_Dim(weight, 0),
                               2 * TF_Dim(weight, 1)};
  const int64_t depth = transpose ? matrix.columns : matrix.rows;
  const int64_t columns = transpose ? matrix.rows : matrix.columns;
  if (!call.Require(TF_Dim(x, 1) == depth, "the matrices do not fit: " + shapes)) return;
  const int64_t rows = TF_Dim(x, 0);
  float *y = call.Output(0, {rows, columns});
  if (call.failed() || rows * columns == 0) return;
  const ptl::HalfProduct product{ptl::Values(x), y, rows, depth, columns};
  if (depth == 0) {
    for (int64_t i = 0; i < rows * columns; i++) y[i] = 0.0f;
    return;
  }
  const int64_t count = ptl::PanelCount(columns), size = ptl::PanelSize(depth);
  const std::unique_ptr<ptl::Bfloat16[]> panels(new ptl::Bfloat16[count * size]);
  ptl::ParallelFor(count, 1, [&](int64_t begin, int64_t end) {
    ptl::PackPanels(matrix, transpose, panels.get(), begin, end);
  });
  const int64_t groups = (rows + ptl::kTileRows - 1) / ptl::kTileRows;
  ptl::ParallelFor(groups, 1 + kGrain / (ptl::kTileRows * depth * columns), [&](int64_t begin, int64_t end) {
    ptl::MultiplyGroups(product, panels.get(), begin, end);
  });
}

const bool registered = ptl::Register({"PtlBfloat16Product",
                                       {"x: float", "weight: int32"},
                                       {"y: float"},
                                       {"transpose: int"},
                                       ComputeProduct,
                                       CreateTranspose,
                                       DeleteTranspose});

}  // namespace
