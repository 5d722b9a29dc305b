using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;

namespace NixSharp.Flakes.Logs;

/// <summary>Reads lines of internal-json, forwards only: a large build prints millions.</summary>
internal sealed class NixLogLineReader
{
    private const string Prefix = "@nix ";
    private const int MaxDepth = 16;
    private const int MaxFields = 64;
    private const int MaxTrace = 1000;

    private readonly JsonTextReader _json;
    private string? _action;
    private ulong _id;
    private ulong _parent;
    private int _level;
    private int _type;
    private string? _text;
    private string? _message;
    private string? _bare;
    private string? _file;
    private int _line;
    private int _column;
    private List<object>? _fields;
    private List<NixTraceEntry>? _trace;

    private NixLogLineReader(JsonTextReader json) => _json = json;

    public static bool TryRead(string? line, [NotNullWhen(true)] out NixLogLine? parsed)
    {
        parsed = null;
        if (line?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return false;
        }

        try
        {
            var text = new StringReader(line);
            for (var i = 0; i < Prefix.Length; i++)
            {
                text.Read();
            }

            using var json = new JsonTextReader(text) { MaxDepth = MaxDepth, DateParseHandling = DateParseHandling.None };
            var reader = new NixLogLineReader(json);
            parsed = reader.ReadObject() && !json.Read() ? reader.ToLine() : null;
        }
        catch (Exception error) when (error is JsonException or OverflowException or FormatException)
        {
            return false;
        }

        return parsed is not null;
    }

    private bool ReadObject()
    {
        if (!_json.Read() || _json.TokenType != JsonToken.StartObject)
        {
            return false;
        }

        while (_json.Read() && _json.TokenType == JsonToken.PropertyName)
        {
            if (!ReadProperty((string)_json.Value!))
            {
                return false;
            }
        }

        return _json.TokenType == JsonToken.EndObject;
    }

    private bool ReadProperty(string name)
    {
        if (!_json.Read())
        {
            return false;
        }

        return name switch
        {
            "action" => TryText(ref _action),
            "id" => TryId(ref _id),
            "parent" => TryId(ref _parent),
            "level" => TryNumber(ref _level),
            "type" => TryNumber(ref _type),
            "text" => TryText(ref _text),
            "msg" => TryText(ref _message),
            "raw_msg" => TryText(ref _bare),
            "file" => TryText(ref _file),
            "line" => TryNumber(ref _line),
            "column" => TryNumber(ref _column),
            "fields" => ReadFields(),
            "trace" => ReadTrace(),
            _ => Skip(),
        };
    }

    private bool Skip()
    {
        _json.Skip();
        return true;
    }

    private bool TryText(ref string? text)
    {
        text = _json.Value as string;
        return _json.TokenType is JsonToken.String or JsonToken.Null;
    }

    private bool TryId(ref ulong id)
    {
        switch (_json.Value)
        {
            case long number and >= 0:
                id = (ulong)number;
                return true;
            case System.Numerics.BigInteger number when number.Sign > 0 && number <= ulong.MaxValue:
                id = (ulong)number;
                return true;
            default:
                return _json.TokenType == JsonToken.Null;
        }
    }

    private bool TryNumber(ref int number)
    {
        if (_json.Value is long value and >= 0 and <= int.MaxValue)
        {
            number = (int)value;
            return true;
        }

        return _json.TokenType == JsonToken.Null;
    }

    private bool ReadFields()
    {
        if (_json.TokenType != JsonToken.StartArray)
        {
            return _json.TokenType == JsonToken.Null;
        }

        _fields = [];
        while (_json.Read() && _json.TokenType != JsonToken.EndArray)
        {
            if (_json.Value is null || _fields.Count == MaxFields)
            {
                return false;
            }

            _fields.Add(_json.Value);
        }

        return true;
    }

    private bool ReadTrace()
    {
        if (_json.TokenType != JsonToken.StartArray)
        {
            return _json.TokenType == JsonToken.Null;
        }

        _trace = [];
        while (_json.Read() && _json.TokenType == JsonToken.StartObject)
        {
            if (!ReadTraceEntry())
            {
                return false;
            }
        }

        return _json.TokenType == JsonToken.EndArray;
    }

    private bool ReadTraceEntry()
    {
        string? text = null, file = null;
        int line = 0, column = 0;
        while (_json.Read() && _json.TokenType == JsonToken.PropertyName)
        {
            var name = (string)_json.Value!;
            if (!_json.Read() || !(name switch
            {
                "raw_msg" => TryText(ref text),
                "file" => TryText(ref file),
                "line" => TryNumber(ref line),
                "column" => TryNumber(ref column),
                _ => Skip(),
            }))
            {
                return false;
            }
        }

        if (_trace!.Count < MaxTrace)
        {
            _trace.Add(new NixTraceEntry(text ?? "", NixPosition.Of(file, line, column)));
        }

        return _json.TokenType == JsonToken.EndObject;
    }

    private NixLogLine? ToLine() => _action switch
    {
        "msg" => new NixLogLine.Message((NixLogLevel)_level, _message ?? "")
        {
            Bare = _bare,
            Position = NixPosition.Of(_file, _line, _column),
            Trace = _trace ?? [],
        },
        "start" => new NixLogLine.Start(_id, (NixLogLevel)_level, (NixActivityType)_type, _text ?? "", _fields ?? [], _parent),
        "stop" => new NixLogLine.Stop(_id),
        "result" => new NixLogLine.Result(_id, (NixResultType)_type, _fields ?? []),
        _ => null,
    };
}
