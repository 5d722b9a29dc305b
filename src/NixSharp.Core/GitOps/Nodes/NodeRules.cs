using System.Text.RegularExpressions;
using NixSharp.Flakes.Expressions;

namespace NixSharp.GitOps.Nodes;

/// <summary>What has to be right about machines before a flake is made of them.</summary>
internal static partial class NodeRules
{
    public static void Check(NodeFlake flake)
    {
        if (flake.Nodes.Count == 0)
        {
            throw Invalid("there are none");
        }

        if (flake.Nodes.GroupBy(static node => node.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw Invalid($"two have the name '{twice.Key}'");
        }

        foreach (var node in flake.Nodes)
        {
            if (!HostName().IsMatch(node.Name))
            {
                throw Invalid($"'{node.Name}' is no name for a host: letters, digits and dashes, up to 63");
            }

            if (!System().IsMatch(node.System))
            {
                throw Invalid($"the system '{node.System}' of {node.Name} is none: it is such as x86_64-linux or aarch64-linux");
            }

            if (!FormatName().IsMatch(node.Format) || flake.FindFormat(node.Format) is null)
            {
                throw Invalid($"nothing is known of the file systems of the format '{node.Format}' of {node.Name}: known are {string.Join(", ", NodeFormat.Known.Keys.Concat(flake.Formats.Keys).Distinct().Order(StringComparer.Ordinal))}, and others can be added");
            }

            if (!flake.Inputs.ContainsKey(node.Nixpkgs) || !NixNames.IsPlain(node.Nixpkgs))
            {
                throw Invalid($"the nixpkgs of {node.Name}, '{node.Nixpkgs}', is none of the inputs");
            }

            foreach (var module in node.Modules)
            {
                _ = ReadModule(module);
                if (!IsPath(module) && !flake.Inputs.ContainsKey(module.Split('.')[0]))
                {
                    throw Invalid($"the module '{module}' of {node.Name} is neither a file (./...) nor an attribute of an input");
                }
            }
        }
    }

    /// <summary>A module as it is written: a file of the repository, or an attribute of an input.</summary>
    public static NixExpression ReadModule(string module)
    {
        if (IsPath(module))
        {
            return new NixPath(module);
        }

        var names = module.Split('.');
        return names.Length > 1 && names.All(static name => name.Length > 0) && NixNames.IsPlain(names[0])
            ? new NixVariable(names[0])[[.. names[1..].Select(NixExpression.From)]]
            : throw Invalid($"the module '{module}' is neither a file (./...) nor an attribute of an input (sops-nix.nixosModules.sops)");
    }

    public static GitOpsException Invalid(string why) => new(NixErrorCodes.InvalidNodes, $"The machines cannot be made a flake of: {why}. Correct the description, and write the flake again.", "");

    // Only files of the repository can be in its flake.
    private static bool IsPath(string module) => module.StartsWith("./", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A[a-z0-9_]+-linux\z", RegexOptions.CultureInvariant)]
    private static partial Regex System();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FormatName();
}
