# right: a single expression over the encoded name

def valid_name(name):
    data = name.encode()
    return data[:1] == b"/" and b"/" not in data[1:] and b"\0" not in data and 2 <= len(data) <= 252 and data not in (b"/.", b"/..")
