using Newtonsoft.Json.Linq;

namespace NixSharp.Flakes.Outputs;

/// <summary>A matrix of jobs, one for each output of a flake, in the form that GitHub Actions takes.</summary>
public static class FlakeMatrix
{
    /// <summary>The runners that GitHub has for systems.</summary>
    public static IReadOnlyDictionary<string, string> Runners { get; } = new Dictionary<string, string>
    {
        ["x86_64-linux"] = "ubuntu-latest",
        ["aarch64-linux"] = "ubuntu-24.04-arm",
        ["x86_64-darwin"] = "macos-15-intel",
        ["aarch64-darwin"] = "macos-latest",
    };

    /// <summary>
    /// Makes <c>{ "include": [ { "attribute", "name", "system", "os" } ] }</c>; systems without a runner are left out.
    /// </summary>
    /// <param name="outputs">The outputs, from <see cref="FlakeOutputs.ListAsync"/>.</param>
    /// <param name="runners">The runner for each system; null takes <see cref="Runners"/>.</param>
    public static JObject ToJson(IEnumerable<FlakeOutputName> outputs, IReadOnlyDictionary<string, string>? runners = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        runners ??= Runners;
        return new JObject
        {
            ["include"] = new JArray(outputs.Where(output => runners.ContainsKey(output.System)).Select(output => new JObject
            {
                ["attribute"] = output.Attribute,
                ["name"] = output.Name,
                ["system"] = output.System,
                ["os"] = runners[output.System],
            })),
        };
    }
}
