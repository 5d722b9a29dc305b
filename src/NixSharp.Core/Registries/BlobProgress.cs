namespace NixSharp.Registries;

/// <summary>Adds up what has moved of one blob, and reports it in steps that are worth a line.</summary>
internal sealed class BlobProgress(string item, IProgress<NixProgress>? target, Action<long> onSent)
{
    private const long Step = 512 * 1024;
    private long _sent;
    private long _reported;

    /// <summary>What is being done with the blob.</summary>
    public string Activity { get; init; } = "uploading";

    /// <summary>The blob's size, where it is known.</summary>
    public long? Total { get; set; }

    public void Add(long count)
    {
        onSent(count);
        _sent += count;
        if (_sent - _reported >= Step)
        {
            Report();
        }
    }

    public void Complete() => Report();

    private void Report()
    {
        _reported = _sent;

        // A second attempt sends bytes again that were counted before.
        target?.Report(new NixProgress(Activity, item, Total is { } total ? Math.Min(_sent, total) : _sent, Total));
    }
}
