// Functions that compilers turn into vector code, and the mark that lets them do so for several processors at once.
#pragma once

#include <cstdint>
#include <cstring>

// The loop is compiled for each of these; the one that the processor can run is chosen when the addon is loaded.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && !defined(PTL_NO_CLONES)
#define PTL_VECTOR_CODE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define PTL_VECTOR_CODE
#endif

#define PTL_INLINE static inline __attribute__((always_inline))

namespace ptl {

// e^x, within two units in the last place; NaN stays NaN, and what would overflow ends at the largest power.
PTL_INLINE float Exp(float x) {
  const float bounded = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  const float power = __builtin_floorf(bounded * 1.44269504f + 0.5f);
  // x = power * ln 2 + r, with ln 2 in two parts.
  const float r = (bounded - power * 0.693359375f) + power * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(power) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

// The distribution function of N(0, 1), within 1e-7: Abramowitz and Stegun (1964), 7.1.26.
PTL_INLINE float NormalCdf(float x) {
  const float z = x * 0.70710678f;
  const float a = z < 0.0f ? -z : z;
  const float t = 1.0f / (1.0f + 0.3275911f * a);
  float tail = 1.061405429f;
  tail = tail * t - 1.453152027f;
  tail = tail * t + 1.421413741f;
  tail = tail * t - 0.284496736f;
  tail = tail * t + 0.254829592f;
  tail = 0.5f * tail * t * Exp(-a * a);
  return x < 0.0f ? tail : 1.0f - tail;
}

}  // namespace ptl
