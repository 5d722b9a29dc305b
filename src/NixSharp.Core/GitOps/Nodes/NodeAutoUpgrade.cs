using NixSharp.Flakes.Expressions;

namespace NixSharp.GitOps.Nodes;

/// <summary>A machine that fetches its configuration from a repository and switches to it: <c>system.autoUpgrade</c> of NixOS.</summary>
public sealed record NodeAutoUpgrade
{
    /// <summary>The flake, without the name of the machine: <c>github:acme/infra</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>When it looks, as systemd writes times; null takes NixOS's own, once a day.</summary>
    public string? Dates { get; init; }

    /// <summary>The longest that it waits at random, so that not all machines come at once.</summary>
    public string RandomizedDelay { get; init; } = "1hr";

    /// <summary>Whether it may reboot for a new kernel.</summary>
    public bool AllowReboot { get; init; } = true;

    /// <summary>More arguments for <c>nixos-rebuild</c>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = ["-L", "--refresh"];

    /// <summary>The module that switches it on for a machine.</summary>
    internal NixSet ToModule(string name)
    {
        var members = new List<NixMember>
        {
            new NixAttribute("enable", true),
            new NixAttribute("flake", $"{Repository}#{name}"),
            new NixAttribute("flags", new NixList([.. Flags.Select(NixExpression.From)])),
            new NixAttribute("randomizedDelaySec", RandomizedDelay),
            new NixAttribute("allowReboot", AllowReboot),
        };
        if (Dates is { } dates)
        {
            members.Add(new NixAttribute("dates", dates));
        }

        return new NixSet(new NixAttribute([NixExpression.From("system"), NixExpression.From("autoUpgrade")], new NixSet(members)));
    }
}
