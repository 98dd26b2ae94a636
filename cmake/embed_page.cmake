# SPDX-License-Identifier: Apache-2.0
# Run with cmake -P: puts the status page into one C++ source. Its style and script become part of the
# document, and their hashes part of its Content-Security-Policy. Needs no other program, so it works
# when the build is for another machine.
#   -DFOLDER=page -DSCRIPTS=a.js,b.js -DAPI=api.md -DOUTPUT=embedded.cpp
# index.html and style.css are in the folder; the scripts are joined in the order given.

cmake_minimum_required(VERSION 3.25)

# The SHA-256 of a text in base64, as a Content-Security-Policy wants it.
function(base64_sha256 result text)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  string(APPEND hex "00")  # 33 bytes are 44 letters, of which the last is padding
  set(letters "")
  foreach(i RANGE 0 63 6)
    string(SUBSTRING "${hex}" ${i} 6 three_bytes)
    foreach(shift 18 12 6 0)
      math(EXPR sextet "(0x${three_bytes} >> ${shift}) & 63")
      string(SUBSTRING "${alphabet}" ${sextet} 1 letter)
      string(APPEND letters "${letter}")
    endforeach()
  endforeach()
  string(SUBSTRING "${letters}" 0 43 letters)
  set(${result} "${letters}=" PARENT_SCOPE)
endfunction()

file(READ "${FOLDER}/index.html" page)
file(READ "${FOLDER}/style.css" style)
set(script "")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
foreach(name IN LISTS SCRIPTS)
  file(READ "${FOLDER}/${name}" one)
  string(APPEND script "${one}")
endforeach()
file(READ "${API}" api)
base64_sha256(style_hash "${style}")
base64_sha256(script_hash "${script}")
string(REPLACE "@style@" "${style}" page "${page}")
string(REPLACE "@script@" "${script}" page "${page}")

file(WRITE "${OUTPUT}" "// Made from the files of exporter/publish/status/page. Do not edit.
#include \"publish/status/embedded.hpp\"

namespace upslink::status::embedded {

const std::string_view page = R\"embedded(${page})embedded\";
const std::string_view style_hash = \"${style_hash}\";
const std::string_view script_hash = \"${script_hash}\";
const std::string_view api = R\"embedded(${api})embedded\";

}  // namespace upslink::status::embedded
")
