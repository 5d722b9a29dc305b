using System.Globalization;

namespace NixSharp.Registries.Skopeo;

/// <summary>The arguments of one command, as they grow; options that are not set add none.</summary>
internal sealed class SkopeoArguments(string command)
{
    private readonly List<string> _options = [];

    public string Command { get; } = command;

    public IReadOnlyList<string> Options => _options;

    public SkopeoArguments Add(string name, bool isSet)
    {
        if (isSet)
        {
            _options.Add(name);
        }

        return this;
    }

    public SkopeoArguments Add(string name, string? value)
    {
        if (value is not null)
        {
            _options.AddRange([name, value]);
        }

        return this;
    }

    public SkopeoArguments Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public SkopeoArguments Add(string name, TimeSpan? value) =>
        Add(name, value is { } time ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms") : null);

    public SkopeoArguments Add(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Add(name, value);
        }

        return this;
    }
}
