using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Processes;

namespace NixSharp.Flakes;

/// <summary>The environment of a development shell.</summary>
public sealed record NixDevEnvironment
{
    // They are those of the sandbox that the environment was made in, or of the shell that wrote it down.
    private static readonly string[] Foreign =
        ["HOME", "NIX_BUILD_TOP", "NIX_ENFORCE_PURITY", "NIX_LOG_FD", "NIX_REMOTE", "OLDPWD", "PPID", "PWD", "SHELL", "SHLVL", "SSL_CERT_FILE", "TEMP", "TEMPDIR", "TERM", "TMP", "TMPDIR", "TZ", "UID"];

    /// <summary>The variables that programs see.</summary>
    public required IReadOnlyDictionary<string, string> Exported { get; init; }

    /// <summary>Variables of the shell alone, as text.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Lists of the shell.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Arrays { get; init; }

    /// <summary>Functions of bash, by name: what stands between the braces.</summary>
    public required IReadOnlyDictionary<string, string> Functions { get; init; }

    /// <summary>
    /// Has a program run in the environment: its variables come on top, the folders of its <c>PATH</c> before those that are
    /// there. Home, folders for temporary files and the like stay this user's, as in <c>nix develop</c>.
    /// </summary>
    public ProcessCommand ApplyTo(ProcessCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var environment = command.Environment.ToDictionary();
        foreach (var (name, value) in Exported.Where(static pair => !Foreign.Contains(pair.Key)))
        {
            environment[name] = name == "PATH"
                ? string.Join(Path.PathSeparator, value, command.Environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH"))
                : value;
        }

        return command with { Environment = environment };
    }

    internal static NixDevEnvironment Read(JObject json)
    {
        var variables = JsonNodes.Expect<JObject>(json["variables"], "variables").Properties()
            .Select(static property => (property.Name, Value: JsonNodes.Expect<JObject>(property.Value, "a variable")))
            .ToLookup(static variable => JsonNodes.Text(variable.Value["type"], "the type of a variable"));
        return new NixDevEnvironment
        {
            Exported = variables["exported"].ToDictionary(static variable => variable.Name, static variable => JsonNodes.Text(variable.Value["value"], "a value")),
            Variables = variables["var"].ToDictionary(static variable => variable.Name, static variable => JsonNodes.Text(variable.Value["value"], "a value")),
            Arrays = variables["array"].ToDictionary(
                static variable => variable.Name,
                static variable => (IReadOnlyList<string>)[.. JsonNodes.Items(variable.Value["value"], "a list").Select(static item => JsonNodes.Text(item, "a value"))]),
            Functions = (json["bashFunctions"] as JObject ?? []).Properties().ToDictionary(static property => property.Name, static property => JsonNodes.Text(property.Value, "a function")),
        };
    }
}
