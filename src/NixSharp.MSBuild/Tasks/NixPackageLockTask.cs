using Microsoft.Build.Framework;
using NixSharp.GitOps.NuGet;

namespace NixSharp.MSBuild;

/// <summary>A task about the list of NuGet packages that nixpkgs takes.</summary>
public abstract class NixPackageLockTask : NixTask
{
    /// <summary>What was restored: the project's assets file, or another source.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>The <c>deps.json</c>.</summary>
    [Required]
    public string File { get; set; } = "";

    /// <summary>Packages to leave out.</summary>
    public string[] Exclude { get; set; } = [];

    /// <summary>Sources that only mirror the public gallery.</summary>
    public string[] Mirrors { get; set; } = [];

    /// <summary>Where sources keep their packages: <c>SOURCE=URL</c>.</summary>
    public string[] SourceAddresses { get; set; } = [];

    /// <summary>Takes in tools and SDKs.</summary>
    public bool IncludeTools { get; set; } = true;

    /// <summary>The options that the properties stand for.</summary>
    protected NuGetLockOptions ReadOptions() => new()
    {
        Exclude = Exclude,
        Mirrors = Mirrors,
        IncludeTools = IncludeTools,
        SourceAddresses = SourceAddresses.Select(ReadAddress).ToDictionary(static pair => pair[0], static pair => pair[1]),
    };

    private static string[] ReadAddress(string text) => text.Split('=', 2) is [_, _] pair
        ? pair
        : throw new NixConfigurationException(NixErrorCodes.InvalidSetting, $"NixLockSourceAddresses has '{text}', which is not SOURCE=URL. Write the source's index, an equals sign, and the address of its packages.");
}
