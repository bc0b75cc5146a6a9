#include "spec/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace llmserve {
namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

// theta ^ (-2i / dim), rounded to float where the reference implementations round.
std::vector<float> base_frequencies(double theta, int32_t dim) {
  std::vector<float> freq(dim / 2);
  for (int32_t i = 0; i < dim / 2; ++i) {
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(dim);
    freq[i] = 1.0f / std::pow(static_cast<float>(theta), exponent);
  }
  return freq;
}

// Llama 3: long wavelengths are stretched by `factor`, short ones kept, those between blended.
void scale_llama3(const RopeSpec& spec, std::vector<float>& freq) {
  const double original = spec.original_max_position;
  const double low_wavelength = original / spec.low_freq_factor;
  const double high_wavelength = original / spec.high_freq_factor;
  for (float& f : freq) {
    const double wavelength = kTwoPi / f;
    if (wavelength < high_wavelength) continue;
    if (wavelength > low_wavelength) {
      f = static_cast<float>(f / spec.factor);
    } else {
      const double smooth = (original / wavelength - spec.low_freq_factor) /
                            (spec.high_freq_factor - spec.low_freq_factor);
      f = static_cast<float>((1.0 - smooth) * f / spec.factor + smooth * f);
    }
  }
}

// The rotary pair that turns `rotations` times over the original context.
double yarn_correction_dim(double rotations, const RopeSpec& spec) {
  return spec.rotary_dim * std::log(spec.original_max_position / (rotations * kTwoPi)) /
         (2.0 * std::log(spec.theta));
}

double yarn_mscale(double factor, double mscale) {
  return factor <= 1.0 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0;
}

// YaRN (arXiv 2309.00071): pairs that turn often are kept, slow ones interpolated, with a linear
// ramp between; the attention temperature is folded into the table's scale.
float scale_yarn(const RopeSpec& spec, std::vector<float>& freq) {
  double low = yarn_correction_dim(spec.beta_fast, spec);
  double high = yarn_correction_dim(spec.beta_slow, spec);
  if (spec.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(spec.rotary_dim - 1));
  if (low == high) high += 0.001;
  for (size_t i = 0; i < freq.size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    freq[i] = static_cast<float>(freq[i] / spec.factor * ramp + freq[i] * (1.0 - ramp));
  }
  if (spec.attention_factor) return static_cast<float>(*spec.attention_factor);
  if (spec.mscale.value_or(0.0) != 0.0 && spec.mscale_all_dim.value_or(0.0) != 0.0) {
    return static_cast<float>(yarn_mscale(spec.factor, *spec.mscale) /
                              yarn_mscale(spec.factor, *spec.mscale_all_dim));
  }
  return static_cast<float>(yarn_mscale(spec.factor, 1.0));
}

float scale_longrope(const RopeSpec& spec, int32_t max_model_len, std::vector<float>& freq) {
  const bool is_long = max_model_len > spec.original_max_position;
  const std::vector<double>& stretch = is_long ? spec.long_factor : spec.short_factor;
  for (size_t i = 0; i < freq.size(); ++i) freq[i] = static_cast<float>(freq[i] / stretch[i]);
  if (spec.attention_factor) return static_cast<float>(*spec.attention_factor);
  if (spec.factor <= 1.0) return 1.0f;
  return static_cast<float>(
      std::sqrt(1.0 + std::log(spec.factor) / std::log(spec.original_max_position)));
}

}  // namespace

RopeTable make_rope_table(const RopeSpec& spec, int32_t max_model_len) {
  RopeTable table;
  table.inv_freq = base_frequencies(spec.theta, spec.rotary_dim);
  table.theta = static_cast<float>(spec.theta);
  table.factor = static_cast<float>(spec.factor);
  switch (spec.type) {
    case RopeType::kNone:
    case RopeType::kDefault:
      break;
    case RopeType::kLinear:
      for (float& f : table.inv_freq) f = static_cast<float>(f / spec.factor);
      break;
    case RopeType::kDynamic:
      table.dynamic_start = spec.max_position;
      break;
    case RopeType::kLlama3:
      scale_llama3(spec, table.inv_freq);
      break;
    case RopeType::kYarn:
      table.scale = scale_yarn(spec, table.inv_freq);
      break;
    case RopeType::kLongrope:
      table.scale = scale_longrope(spec, max_model_len, table.inv_freq);
      break;
  }
  return table;
}

}  // namespace llmserve
