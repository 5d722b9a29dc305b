using System.Globalization;
using NixSharp.Files;

namespace NixSharp.Stores;

public sealed partial record BuildMachine
{
    private const int MaxFileSize = 4 * 1024 * 1024;
    private const int MaxIncludes = 64;
    private const int MaxFields = 8;
    private const string Unset = "-";

    /// <summary>Reads a list of machines: one a line or between semicolons, <c>@FILE</c> for those in a file, which need not exist, <c>#</c> before comments.</summary>
    /// <param name="text">The text of a file, or the setting <c>builders</c>.</param>
    /// <param name="origin">Where it is from, for messages.</param>
    /// <exception cref="NixFormatException">A line is no machine, or files include each other without an end.</exception>
    /// <exception cref="NixFileException">A file is there and cannot be read.</exception>
    public static IReadOnlyList<BuildMachine> ParseAll(string text, string origin = "the list of machines")
    {
        ArgumentNullException.ThrowIfNull(text);
        var machines = new List<BuildMachine>();
        AddAll(machines, text, origin, 0);
        return machines;
    }

    /// <summary>Reads a file of machines; none where there is no such file.</summary>
    /// <exception cref="NixFormatException">A line is no machine, or files include each other without an end.</exception>
    /// <exception cref="NixFileException">The file is there and cannot be read.</exception>
    public static IReadOnlyList<BuildMachine> ReadFile(string file) => ParseAll($"@{file}");

    /// <summary>The line; fields at the end that are left to their defaults are left out.</summary>
    public override string ToString()
    {
        string[] fields =
        [
            Store.ToString(),
            List(Systems),
            SshKey ?? Unset,
            MaxJobs == 1 ? Unset : MaxJobs.ToString(CultureInfo.InvariantCulture),
            SpeedFactor.Equals(1) ? Unset : SpeedFactor.ToString("R", CultureInfo.InvariantCulture),
            List(SupportedFeatures),
            List(MandatoryFeatures),
            PublicHostKey ?? Unset,
        ];
        return string.Join(' ', fields.Take(Array.FindLastIndex(fields, static field => field != Unset) + 1));

        static string List(IReadOnlyList<string> words) => words.Count == 0 ? Unset : string.Join(',', words);
    }

    private static void AddAll(List<BuildMachine> machines, string text, string origin, int depth)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            foreach (var part in line.Split('#')[0].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (part[0] == '@')
                {
                    Include(machines, part[1..].Trim(), At, depth);
                }
                else
                {
                    machines.Add(Parse(part.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries), At));
                }
            }
        }

        NixFormatException At(string why) => new(
            NixErrorCodes.InvalidMachines,
            $"Line {number} of {origin} is not a build machine: {why}. Give up to eight fields: URI, systems, SSH key, jobs, speed, features, mandatory features, host key.");
    }

    private static void Include(List<BuildMachine> machines, string file, Func<string, NixFormatException> at, int depth)
    {
        if (depth == MaxIncludes || file.Length == 0 || file.Contains('\0', StringComparison.Ordinal))
        {
            throw at(depth == MaxIncludes ? $"files include each other more than {MaxIncludes} deep" : "'@' stands before the path of a file");
        }

        try
        {
            if (new FileInfo(file) is { Exists: true } info)
            {
                AddAll(machines, info.Length <= MaxFileSize ? File.ReadAllText(file) : throw at($"{file} has {info.Length} bytes, and {MaxFileSize} are allowed"), file, depth + 1);
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }

    private static BuildMachine Parse(string[] fields, Func<string, NixFormatException> at)
    {
        if (fields is ["" or Unset, ..] || fields.Length > MaxFields)
        {
            throw at(fields.Length > MaxFields ? $"it has {fields.Length} fields" : "it does not start with the URI of a store");
        }

        return new BuildMachine
        {
            Store = ParseStore(fields[0], at),
            Systems = Words(1),
            SshKey = Field(2),
            MaxJobs = Field(3) is not { } jobs ? 1
                : int.TryParse(jobs, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
                : throw at($"'{jobs}' is not a number of jobs"),
            SpeedFactor = Field(4) is not { } speed ? 1
                : double.TryParse(speed, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var factor) && double.IsFinite(factor) ? (factor > 0 ? factor : 1)
                : throw at($"'{speed}' is not a speed"),
            SupportedFeatures = Words(5),
            MandatoryFeatures = Words(6),
            PublicHostKey = Field(7) is not { } key ? null
                : Convert.TryFromBase64String(key, new byte[key.Length], out _) ? key
                : throw at($"the host key '{key}' is not base 64"),
        };

        string? Field(int index) => index < fields.Length && fields[index] != Unset ? fields[index] : null;

        IReadOnlyList<string> Words(int index) => Field(index)?.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? [];
    }

    /// <summary>A bare <c>USER@HOST</c> means <c>ssh://</c>, as it did before there were other stores.</summary>
    private static StoreReference ParseStore(string text, Func<string, NixFormatException> at)
    {
        var isUri = text.Contains('/', StringComparison.Ordinal) || text.Split('?')[0] is "auto" or "daemon" or "local";
        try
        {
            return StoreReference.Parse(isUri ? text : $"ssh://{text}");
        }
        catch (NixException error)
        {
            throw at(error.Message.TrimEnd('.'));
        }
    }
}
