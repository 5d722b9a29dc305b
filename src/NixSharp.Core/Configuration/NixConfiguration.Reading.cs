using NixSharp.Files;

namespace NixSharp.Configuration;

public sealed partial class NixConfiguration
{
    private const int MaxFileSize = 4 * 1024 * 1024;
    private const int MaxIncludes = 64;
    private const string Variable = "NIX_CONFIG";

    /// <summary>Reads a <c>nix.conf</c>'s text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file that it is from, to whose folder included files are relative; null where it is from none.</param>
    /// <exception cref="NixFormatException">A line cannot be read, a file that is included is not there, or files include each other without an end.</exception>
    public static NixConfiguration Parse(string text, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Empty.Apply(text, file ?? "the configuration", file is null ? null : Path.GetDirectoryName(Path.GetFullPath(file)), 0);
    }

    /// <summary>
    /// Reads what Nix reads for this user: the system's <c>nix.conf</c> (in <c>/etc/nix</c>, or in <c>NIX_CONF_DIR</c>), then
    /// those of the user (<c>~/.config/nix/nix.conf</c> and its like, or what <c>NIX_USER_CONF_FILES</c> names), then
    /// <c>NIX_CONFIG</c>. Later ones win.
    /// </summary>
    /// <param name="environment">Gives environment variables; those of this process unless given.</param>
    /// <exception cref="NixFormatException">A line cannot be read, a file that is included is not there, or files include each other without an end.</exception>
    /// <exception cref="NixFileException">A file is there and cannot be read.</exception>
    public static NixConfiguration Load(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var configuration = Empty;
        foreach (var file in FilesOf(environment))
        {
            configuration = ReadFile(file) is { } text ? configuration.Apply(text, file, Path.GetDirectoryName(Path.GetFullPath(file)), 0) : configuration;
        }

        return environment(Variable) is { } last ? configuration.Apply(last, Variable, Environment.CurrentDirectory, 0) : configuration;
    }

    /// <summary>The files that Nix reads, the most important one last.</summary>
    private static List<string> FilesOf(Func<string, string?> environment)
    {
        var files = new List<string>();
        if (environment("NIX_USER_CONF_FILES") is { } named)
        {
            files.AddRange(named.Split(':', StringSplitOptions.RemoveEmptyEntries));
        }
        else
        {
            var home = NotEmpty("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            var folders = $"{NotEmpty("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config")}:{NotEmpty("XDG_CONFIG_DIRS") ?? "/etc/xdg"}";
            files.AddRange(folders.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(static folder => Path.Combine(folder, "nix", "nix.conf")));
        }

        files.Add(Path.Combine(NotEmpty("NIX_CONF_DIR") ?? "/etc/nix", "nix.conf"));
        files.Reverse();
        return files;

        string? NotEmpty(string variable) => environment(variable) is { Length: > 0 } value ? value : null;
    }

    private static string? ReadFile(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (stream.Length > MaxFileSize)
            {
                throw new NixFormatException(NixErrorCodes.InvalidNixConfiguration, $"{file} has {stream.Length} bytes, and a configuration may have {MaxFileSize}. Check what wrote it.");
            }

            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }

    private NixConfiguration Apply(string text, string origin, string? folder, int depth)
    {
        var configuration = this;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = Words(line.Split('#')[0]);
            configuration = words switch
            {
                [] => configuration,
                ["include" or "!include", var file] => configuration.Include(Path.Combine(folder ?? Environment.CurrentDirectory, file), words[0] == "!include", At, depth),
                [not ("include" or "!include"), "=", ..] => configuration.With(words[0], string.Join(' ', words[2..])),
                _ => throw At($"'{string.Join(' ', words)}' is not 'name = value'"),
            };
        }

        return configuration;

        NixFormatException At(string why) =>
            new(NixErrorCodes.InvalidNixConfiguration, $"Line {number} of {origin} cannot be read: {why}. Correct the line.");
    }

    private NixConfiguration Include(string file, bool isOptional, Func<string, NixFormatException> at, int depth) =>
        file.Contains('\0', StringComparison.Ordinal) ? throw at("the name of a file contains NUL")
        : depth == MaxIncludes ? throw at($"files include each other more than {MaxIncludes} deep")
        : ReadFile(file) is { } text ? Apply(text, file, Path.GetDirectoryName(Path.GetFullPath(file)), depth + 1)
        : isOptional ? this
        : throw at($"{file}, which it includes, does not exist");
}
