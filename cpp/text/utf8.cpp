#include "text/utf8.h"

namespace llmserve {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace

void Utf8Decoder::push(std::string_view bytes, std::string& out) {
  size_t i = 0;
  while (i < bytes.size()) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (missing_ == 0) {
      size_t end = i;
      while (end < bytes.size() && static_cast<unsigned char>(bytes[end]) < 0x80) ++end;
      out.append(bytes.substr(i, end - i));
      if (end < bytes.size()) start(static_cast<unsigned char>(bytes[end++]), out);
      i = end;
    } else if (byte < low_ || byte > high_) {
      give_up(out);  // and look at the same byte again
    } else {
      held_[held_size_++] = static_cast<char>(byte);
      low_ = 0x80;
      high_ = 0xBF;
      ++i;
      if (--missing_ == 0) {
        out.append(held_, static_cast<size_t>(held_size_));
        forgiven_ = false;
      }
    }
  }
}

void Utf8Decoder::finish(std::string& out) {
  if (pending()) give_up(out);
}

// The bounds of the second byte shut out overlong forms, surrogates and what lies past U+10FFFF.
void Utf8Decoder::start(unsigned char lead, std::string& out) {
  if (lead >= 0xC2 && lead <= 0xDF) {
    missing_ = 1;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    missing_ = 2;
    if (lead == 0xE0) low_ = 0xA0;
    if (lead == 0xED) high_ = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    missing_ = 3;
    if (lead == 0xF0) low_ = 0x90;
    if (lead == 0xF4) high_ = 0x8F;
  } else {
    out.append(kReplacement);
    return;
  }
  held_[0] = static_cast<char>(lead);
  held_size_ = 1;
}

void Utf8Decoder::give_up(std::string& out) {
  if (!forgiven_) out.append(kReplacement);
  forgiven_ = false;
  missing_ = 0;
  low_ = 0x80;
  high_ = 0xBF;
}

}  // namespace llmserve
