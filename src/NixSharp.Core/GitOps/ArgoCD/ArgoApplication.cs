using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>What Argo CD wants of a plugin: a folder, and what the application's environment and parameters say.</summary>
public sealed partial record ArgoApplication
{
    /// <summary>The output that is built where nothing else is said.</summary>
    public const string DefaultOutput = "kubernetesConfiguration";

    private const string OutputVariable = "ARGOCD_ENV_NIX_OUTPUT";
    private const string ValuesVariable = "ARGOCD_ENV_NIX_VALUES";
    private const string ImpureVariable = "ARGOCD_ENV_NIX_IMPURE";
    private const string ParametersVariable = "ARGOCD_APP_PARAMETERS";

    /// <summary>The application's folder, in which the flake is.</summary>
    public required string Folder { get; init; }

    /// <summary>The output of the flake that is the manifest.</summary>
    public string Output { get; init; } = DefaultOutput;

    /// <summary>JSON that the flake gets to see; null for none.</summary>
    public string? Values { get; init; }

    /// <summary>Whether evaluation sees environment variables, the time, and files outside the flake.</summary>
    public bool Impure { get; init; }

    /// <summary>
    /// Reads the environment that Argo CD runs plugins in: parameters (<c>ARGOCD_APP_PARAMETERS</c>, <c>PARAM_OUTPUT</c>,
    /// <c>PARAM_VALUES</c>, <c>PARAM_IMPURE</c>) count more than the application's own variables
    /// (<c>ARGOCD_ENV_NIX_OUTPUT</c>, <c>ARGOCD_ENV_NIX_VALUES</c>, <c>ARGOCD_ENV_NIX_IMPURE</c>).
    /// </summary>
    /// <exception cref="GitOpsException">A value makes no sense.</exception>
    public static ArgoApplication FromEnvironment(string folder, IReadOnlyDictionary<string, string> environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(environment);
        var parameters = ReadParameters(environment.GetValueOrDefault(ParametersVariable));
        return new ArgoApplication
        {
            Folder = Path.GetFullPath(folder),
            Output = CheckOutput(Find("output", "PARAM_OUTPUT", OutputVariable) ?? DefaultOutput),
            Values = Find("values", "PARAM_VALUES", ValuesVariable) is { } values ? CheckValues(values) : null,
            Impure = Find("impure", "PARAM_IMPURE", ImpureVariable) switch
            {
                null or "false" => false,
                "true" => true,
                var other => throw Invalid($"'{other}' for impure is neither true nor false"),
            },
        };

        // What is empty is not given: the interface sends empty texts.
        string? Find(string parameter, string variable, string own) => NotEmpty(parameters.GetValueOrDefault(parameter))
            ?? NotEmpty(environment.GetValueOrDefault(variable))
            ?? NotEmpty(environment.GetValueOrDefault(own));

        static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
    }

    internal static GitOpsException Invalid(string why) => new(
        NixErrorCodes.InvalidPluginParameters,
        $"The application's parameters cannot be used: {why}. Correct them in the application's spec.source.plugin.",
        "spec.source.plugin");

    private static Dictionary<string, string> ReadParameters(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!JsonText.TryParse(text, out var json, out var why) || json is not JArray list)
        {
            throw Invalid($"{ParametersVariable} is no JSON list ({why ?? "it is something else"})");
        }

        foreach (var parameter in list)
        {
            if (parameter is not JObject { } item || (string?)item["name"] is not { Length: > 0 } name)
            {
                throw Invalid("one has no name");
            }

            if ((item["string"] is JValue { Value: string value } ? value : item["map"] is JObject map ? JsonText.Format(map) : null) is { } given)
            {
                found[name] = given;
            }
        }

        return found;
    }

    // It stands behind '.#', and must not lead to another flake.
    private static string CheckOutput(string output) => OutputPath().IsMatch(output)
        ? output
        : throw Invalid($"'{output}' is no output of a flake; give an attribute path such as packages.x86_64-linux.manifest");

    private static string CheckValues(string values) => JsonText.TryParse(values, out _, out var why)
        ? values
        : throw Invalid($"the values are no JSON ({why})");

    [GeneratedRegex("""^[A-Za-z_"'][A-Za-z0-9_."'+-]*\z""", RegexOptions.CultureInvariant)]
    private static partial Regex OutputPath();
}
