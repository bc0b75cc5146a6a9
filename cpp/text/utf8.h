// Utf8Decoder: bytes in any pieces -> finished UTF-8 text. The one place that knows how malformed
// bytes become U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace llmserve {

// The text of all pieces together is what Python's bytes.decode("utf-8", "replace") gives for the
// whole: one U+FFFD per longest start of a character that can never become one.
class Utf8Decoder {
 public:
  // Appends every character that is complete; the bytes of an unfinished one wait.
  void push(std::string_view bytes, std::string& out);
  // Appends U+FFFD if a character is unfinished, and starts anew.
  void finish(std::string& out);

  // True while the bytes of an unfinished character wait.
  bool pending() const { return missing_ > 0; }
  // The bytes that wait were shown before (as U+FFFD): no second U+FFFD if they come to nothing.
  void forgive_pending() { forgiven_ = pending(); }

 private:
  void start(unsigned char lead, std::string& out);
  void give_up(std::string& out);

  char held_[4] = {};          // the unfinished character
  int held_size_ = 0;          // bytes of it seen
  int missing_ = 0;            // bytes of it to come
  unsigned char low_ = 0x80;   // what the next byte must lie in
  unsigned char high_ = 0xBF;  //
  bool forgiven_ = false;
};

}  // namespace llmserve
