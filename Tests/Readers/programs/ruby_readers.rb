# Reads a file with Ruby's own CSV and Zlib, or a workbook with roo: ruby_readers.rb READER FORMAT FILE; see reading.py.
require "csv"
require "zlib"

def put(row)
  row = [nil] if row.empty?
  puts row.map { |cell| cell.nil? ? "-" : "+" + cell.to_s.unpack1("H*") }.join(" ")
end

def shown(value)
  case value
  when nil, String then value
  when DateTime, Time then value.strftime("%Y-%m-%d %H:%M:%S")
  when Date then value.strftime("%Y-%m-%d")
  when Float then value == value.to_i ? value.to_i.to_s : value.to_s
  else value.to_s
  end
end

reader, form, path = ARGV
if reader == "roo"
  require "roo"
  sheet = Roo::Excelx.new(path).sheet(0)
  (1..sheet.last_row).each { |number| put(sheet.row(number).map { |cell| shown(cell) }) }
else
  # GzipReader stops after the first member and says nothing.
  text = form == "csv.gz" ? Zlib::GzipReader.open(path, encoding: "UTF-8", &:read) : File.binread(path).force_encoding("UTF-8")
  CSV.parse(text, row_sep: "\r\n") { |row| put(row) }
end
