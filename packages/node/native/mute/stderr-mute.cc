// TensorFlow writes its first log lines while its library is being loaded, before any setting of it can be reached.
// This addon has no part of TensorFlow in it: it points file descriptor 2 elsewhere while that happens.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {

int saved_stderr = -1;

napi_value Mute(napi_env, napi_callback_info) {
  if (saved_stderr >= 0) return nullptr;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (saved_stderr >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  return nullptr;
}

napi_value Unmute(napi_env, napi_callback_info) {
  if (saved_stderr < 0) return nullptr;
  dup2(saved_stderr, STDERR_FILENO);
  close(saved_stderr);
  saved_stderr = -1;
  return nullptr;
}

void Export(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) != napi_ok) return;
  napi_set_named_property(env, exports, name, value);
}

napi_value Init(napi_env env, napi_value exports) {
  Export(env, exports, "mute", Mute);
  Export(env, exports, "unmute", Unmute);
  return exports;
}

}  // namespace

NAPI_MODULE(ptl_stderr_mute, Init)
