#include "bfloat16-layer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "bfloat16-attention.h"
#include "bfloat16-vectors.h"
#include "parallel.h"

namespace ptl {

#ifndef PTL_HAS_TILES

void RunEncoderLayer(const EncoderLayer &, const EncoderLayerInputs &, float *) {}

#else

namespace {

// Rows that one thread takes through all products at once, so that what lies between these stays in its cache.
constexpr int64_t kBlockRows = 16 * kTileRows;
// Multiplications that are worth a thread.
constexpr int64_t kGrain = 1 << 20;

using Halves = std::unique_ptr<Bfloat16[]>;

// Some outputs of a linear map, laid out for tiles.
struct Panels {
  Panels(const HalfLinear &linear, int64_t first, int64_t count)
      : weight{linear.weight.values + first * linear.weight.columns, count, linear.weight.columns},
        bias(linear.bias + first),
        values(new Bfloat16[PanelCount(count) * PanelSize(linear.weight.columns)]) {}

  int64_t columns() const { return weight.rows; }
  int64_t depth() const { return weight.columns; }
  const Bfloat16 *panel(int64_t column) const { return values.get() + column / kPanel * PanelSize(depth()); }

  HalfMatrix weight;
  const float *bias;
  Halves values;
};

void Pack(std::initializer_list<const Panels *> all) {
  int64_t total = 0;
  for (const Panels *panels : all) total += PanelCount(panels->columns());
  ParallelFor(total, 1, [&](int64_t begin, int64_t end) {
    int64_t before = 0;
    for (const Panels *panels : all) {
      const int64_t count = PanelCount(panels->columns());
      const int64_t first = std::clamp<int64_t>(begin - before, 0, count);
      PackPanels(panels->weight, true, panels->values.get(), first, std::clamp<int64_t>(end - before, first, count));
      before += count;
    }
  });
}

// Values of one block of rows, which a thread uses again and again.
struct Block {
  std::vector<Bfloat16> rounded, inner;  // [rows, hidden], [rows, inner]
  std::vector<float> sums, middle;       // [rows, hidden]
  float part[kBlockRows * kPanel];
};

enum class Then { kNothing, kGelu };

// A product with its bias, and what comes then, rounded into `to`.
PTL_TILE_CODE void ProductToHalf(const Bfloat16 *left, int64_t rows, const Panels &panels, Then then, float *part,
                                 Bfloat16 *to) {
  const int64_t columns = panels.columns();
  for (int64_t column = 0; column < columns; column += kPanel) {
    MultiplyPanel(left, panels.depth(), rows, panels.panel(column), panels.depth(), part, kPanel);
    const int64_t width = std::min(kPanel, columns - column);
    for (int64_t i = 0; i < width; i += kVectorLanes) {
      const __m512 bias = _mm512_maskz_loadu_ps(FirstLanes(width - i), panels.bias + column + i);
      for (int64_t row = 0; row < rows; row++) {
        const __m512 sum = _mm512_add_ps(_mm512_loadu_ps(part + row * kPanel + i), bias);
        StoreRounded(to + row * columns + column + i, then == Then::kGelu ? GeluVector(sum) : sum, width - i);
      }
    }
  }
}

// A product without its bias, into rows as long as the product has columns.
void Product(const Bfloat16 *left, int64_t rows, const Panels &panels, float *part, float *to) {
  const int64_t columns = panels.columns();
  for (int64_t column = 0; column < columns; column += kPanel) {
    const int64_t width = std::min(kPanel, columns - column);
    if (width == kPanel) {
      MultiplyPanel(left, panels.depth(), rows, panels.panel(column), panels.depth(), to + column, columns);
      continue;
    }
    MultiplyPanel(left, panels.depth(), rows, panels.panel(column), panels.depth(), part, kPanel);
    for (int64_t row = 0; row < rows; row++) std::copy_n(part + row * kPanel, width, to + row * columns + column);
  }
}

// Normalizes x + bias + residual in place.
PTL_TILE_CODE void AddNorm(float *x, const float *bias, const float *residual, const LayerNorm &norm, int64_t width) {
  __m512 sums = _mm512_setzero_ps();
  for (int64_t i = 0; i < width; i += kVectorLanes) {
    const __mmask16 lanes = FirstLanes(width - i);
    const __m512 biased = _mm512_add_ps(_mm512_maskz_loadu_ps(lanes, x + i), _mm512_maskz_loadu_ps(lanes, bias + i));
    const __m512 sum = _mm512_add_ps(biased, _mm512_maskz_loadu_ps(lanes, residual + i));
    _mm512_mask_storeu_ps(x + i, lanes, sum);
    sums = _mm512_add_ps(sums, sum);
  }
  const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sums) / width);
  __m512 squares = _mm512_setzero_ps();
  for (int64_t i = 0; i < width; i += kVectorLanes) {
    const __mmask16 lanes = FirstLanes(width - i);
    const __m512 centered = _mm512_maskz_sub_ps(lanes, _mm512_maskz_loadu_ps(lanes, x + i), mean);
    squares = _mm512_fmadd_ps(centered, centered, squares);
  }
  const __m512 inverse = _mm512_set1_ps(1.0f / std::sqrt(_mm512_reduce_add_ps(squares) / width + norm.epsilon));
  for (int64_t i = 0; i < width; i += kVectorLanes) {
    const __mmask16 lanes = FirstLanes(width - i);
    const __m512 hat = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, x + i), mean), inverse);
    const __m512 scale = _mm512_maskz_loadu_ps(lanes, norm.scale + i);
    const __m512 shift = _mm512_maskz_loadu_ps(lanes, norm.shift + i);
    _mm512_mask_storeu_ps(x + i, lanes, _mm512_fmadd_ps(hat, scale, shift));
  }
}

// Calls work(first row, rows) for blocks of [0, rows).
template <typename Work>
void ForBlocks(int64_t rows, int64_t multiplications, const Work &work) {
  const int64_t groups = (rows + kTileRows - 1) / kTileRows;
  ParallelFor(groups, 1 + kGrain / (1 + kTileRows * multiplications), [&](int64_t begin, int64_t end) {
    const int64_t last = std::min(rows, end * kTileRows);
    for (int64_t first = begin * kTileRows; first < last; first += kBlockRows) {
      work(first, std::min(kBlockRows, last - first));
    }
  });
}

Block &ThreadBlock() {
  static thread_local Block block;
  return block;
}

PTL_TILE_CODE void RoundRows(const float *from, int64_t count, std::vector<Bfloat16> &to) {
  to.resize(count);
  RoundValues(from, to.data(), count);
}

// Attended values, rounded, through the rest of the layer.
void FinishBlock(const EncoderLayer &layer, const Panels &attended, const Panels &inner, const Panels &output,
                 const Bfloat16 *context, const float *residual, int64_t rows, float *to) {
  const int64_t hidden = layer.hidden();
  Block &block = ThreadBlock();
  block.middle.resize(rows * hidden);
  block.inner.resize(rows * inner.columns());
  float *middle = block.middle.data();
  Product(context, rows, attended, block.part, middle);
  for (int64_t i = 0; i < rows; i++) {
    AddNorm(middle + i * hidden, attended.bias, residual + i * hidden, layer.attended_norm, hidden);
  }
  RoundRows(middle, rows * hidden, block.rounded);
  ProductToHalf(block.rounded.data(), rows, inner, Then::kGelu, block.part, block.inner.data());
  Product(block.inner.data(), rows, output, block.part, to);
  for (int64_t i = 0; i < rows; i++) {
    AddNorm(to + i * hidden, output.bias, middle + i * hidden, layer.output_norm, hidden);
  }
}

}  // namespace

void RunEncoderLayer(const EncoderLayer &layer, const EncoderLayerInputs &inputs, float *result) {
  const int64_t width = layer.width(), hidden = layer.hidden();
  const int64_t asked = inputs.batch * inputs.queries, seen = inputs.batch * inputs.keys;
  const Panels query(layer.input, 0, width), key_value(layer.input, width, 2 * width);
  const Panels attended(layer.attended, 0, hidden), output(layer.output, 0, hidden);
  const Panels inner(layer.inner, 0, layer.inner.weight.rows);
  Pack({&query, &key_value, &attended, &inner, &output});
  const Halves queries(new Bfloat16[asked * width]), keys(new Bfloat16[2 * seen * width]);
  const Halves context(new Bfloat16[asked * width]);
  const auto project = [&](const Panels &panels, int64_t first, int64_t rows, Bfloat16 *to) {
    Block &block = ThreadBlock();
    ProductToHalf(block.rounded.data(), rows, panels, Then::kNothing, block.part, to + first * panels.columns());
  };
  // Rows at the front of others may share their memory.
  const bool is_same = inputs.rows == inputs.hidden && asked == seen;
  ForBlocks(seen, hidden * 3 * width, [&](int64_t first, int64_t rows) {
    RoundRows(inputs.hidden + first * hidden, rows * hidden, ThreadBlock().rounded);
    if (is_same) project(query, first, rows, queries.get());
    project(key_value, first, rows, keys.get());
  });
  ForBlocks(is_same ? 0 : asked, hidden * width, [&](int64_t first, int64_t rows) {
    RoundRows(inputs.rows + first * hidden, rows * hidden, ThreadBlock().rounded);
    project(query, first, rows, queries.get());
  });
  const HalfAttention attention{inputs.batch,       inputs.queries,       inputs.keys,          layer.heads,
                                layer.head_size,    inputs.prefix,        queries.get(),        keys.get(),
                                inputs.prefix_keys, inputs.prefix_values, inputs.prefix_stride, inputs.mask,
                                context.get()};
  const int64_t work = 1 + inputs.queries * attention.positions() * layer.head_size;
  ParallelFor(inputs.batch * layer.heads, 1 + kGrain / 4 / work,
              [&](int64_t begin, int64_t end) { AttendHalf(attention, begin, end); });
  ForBlocks(asked, hidden * (width + 2 * inner.columns()), [&](int64_t first, int64_t rows) {
    FinishBlock(layer, attended, inner, output, context.get() + first * width, inputs.rows + first * hidden, rows,
                result + first * hidden);
  });
}

#endif

}  // namespace ptl
