using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Processes;

namespace NixSharp.GitOps.Workflows;

/// <summary>A <c>renovate.json</c>, for a repository whose <c>flake.lock</c> Renovate keeps up to date.</summary>
public sealed record RenovateConfig
{
    /// <summary>Presets of Renovate.</summary>
    public IReadOnlyList<string> Extends { get; init; } = ["config:recommended", "mergeConfidence:all-badges"];

    /// <summary>When all of <c>flake.lock</c> is updated, in Renovate's words; null takes Renovate's own, Mondays before four.</summary>
    public string? Schedule { get; init; }

    /// <summary>Merges updates of <c>flake.lock</c> whose checks pass.</summary>
    public bool AutoMerge { get; init; }

    /// <summary>
    /// The project or solution whose <c>deps.json</c> is written again after NuGet packages were updated; null for none.
    /// Renovate runs commands only where its operator allows them (<c>allowedCommands</c>).
    /// </summary>
    public string? NuGetLockSource { get; init; }

    /// <summary>The text of the file.</summary>
    public override string ToString()
    {
        var maintenance = new JObject { ["enabled"] = true };
        if (Schedule is { } schedule)
        {
            maintenance["schedule"] = new JArray(schedule);
        }

        if (AutoMerge)
        {
            maintenance["automerge"] = true;
        }

        var json = new JObject
        {
            ["$schema"] = "https://docs.renovatebot.com/renovate-schema.json",
            ["extends"] = new JArray(Extends),
            ["lockFileMaintenance"] = maintenance,
            ["nix"] = new JObject { ["enabled"] = true },
        };
        if (NuGetLockSource is { } source)
        {
            json["packageRules"] = new JArray(new JObject
            {
                ["matchManagers"] = new JArray("nuget"),
                ["postUpgradeTasks"] = new JObject
                {
                    ["commands"] = new JArray("dotnet restore", "dotnet tool restore", $"dotnet nixsharp nuget lock {ShellText.QuoteIfNeeded(source)}"),
                    ["fileFilters"] = new JArray("**/deps.json"),
                    ["executionMode"] = "branch",
                },
            });
        }

        return JsonText.Format(json);
    }
}
