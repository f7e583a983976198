// TensorFlow 2.21 logs through Abseil, which does not read TF_CPP_MIN_LOG_LEVEL by itself: 0 is everything, 3 only what
// ends the process.
#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

const bool log_level_is_set = [] {
  const char *level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (level != nullptr) absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(std::atoi(level)));
  return true;
}();

}  // namespace
