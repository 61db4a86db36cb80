import Schema
print(Schema.a.count, Schema.b.count)
