using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>What one builder prints: kept as it is, told line by line, its last lines remembered.</summary>
internal sealed class BuildLog : IDisposable
{
    private const string MessagePrefix = "@nix ";

    private readonly StorePath _derivation;
    private readonly BuildOptions _options;
    private readonly BuildLogFile _file;
    private readonly LineSplitter _lines;
    private readonly Queue<string> _tail = new();

    public BuildLog(BuildLogFolder folder, StorePath derivation, BuildOptions options)
    {
        _derivation = derivation;
        _options = options;
        _file = folder.Create(derivation);
        _lines = new LineSplitter(AddLine);
    }

    /// <summary>The last lines.</summary>
    public IReadOnlyList<string> Tail => [.. _tail];

    /// <summary>Adds bytes that the builder printed.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _lines.Add(bytes);
    }

    /// <summary>Adds a line of our own.</summary>
    public void WriteLine(string line) => Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Tells what is left of the last line.</summary>
    public void Complete() => _lines.Complete();

    /// <summary>Puts the log where Nix looks for it.</summary>
    public void Keep()
    {
        Complete();
        _file.Keep();
    }

    public void Dispose() => _file.Dispose();

    private void AddLine(string line)
    {
        if (line.StartsWith(MessagePrefix, StringComparison.Ordinal) && TakeMessage(line[MessagePrefix.Length..]))
        {
            return;
        }

        // What comes after a carriage return is written over what stood before it.
        Tell(line[(line.LastIndexOf('\r') + 1)..]);
    }

    private void Tell(string line)
    {
        if (_options.LogLines > 0)
        {
            while (_tail.Count >= _options.LogLines)
            {
                _tail.Dequeue();
            }

            _tail.Enqueue(line);
        }

        _options.Log?.Invoke(new BuildLogLine(_derivation, line));
    }

    /// <summary>Takes a line by which a builder tells what it does, in Nix's form; false where it is none.</summary>
    private bool TakeMessage(string text)
    {
        if (!JsonText.TryParse(text, out var json, out _) || json is not JObject message || message["action"] is not JValue { Value: string action })
        {
            return false;
        }

        switch (action)
        {
            case "setPhase" when message["phase"] is JValue { Value: string phase }:
                _options.Progress?.Report(new NixProgress($"building ({TerminalText.Strip(phase)})", _derivation.ToString(), 0, null, ProgressUnit.Items));
                break;
            case "msg" when message["msg"] is JValue { Value: string told }:
                Tell(TerminalText.Strip(told));
                break;
        }

        return true;
    }
}
