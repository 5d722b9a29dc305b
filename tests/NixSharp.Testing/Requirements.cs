namespace NixSharp.Testing;

/// <summary>What a test needs from the machine.</summary>
public static class Requirements
{
    /// <summary>Stands for the account that may mount and change owners, among the names of programs.</summary>
    public const string Root = "root";

    /// <summary>Stands for the folder of test data from the field, among the names of programs.</summary>
    public const string Golden = "golden";

    /// <summary>Says which of <paramref name="programs"/> is missing; null where all are here.</summary>
    public static string? WhyMissing(IEnumerable<string> programs)
    {
        foreach (var program in programs)
        {
            switch (program)
            {
                case Root when Environment.UserName != "root":
                    return "needs root";
                case Root:
                    break;
                case Golden when !GoldenData.IsPresent:
                    return $"needs the test data in {GoldenData.Folder}";
                case Golden:
                    break;
                default:
                    if (Find(program) is null)
                    {
                        return $"needs the program '{program}'; ./build.sh test installs it on Debian";
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary>The path of a program on PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
