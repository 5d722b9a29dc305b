using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Registries;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image login</c> and <c>logout</c></summary>
internal static class LoginCommands
{
    private const int MaxSecretLength = 64 * 1024;

    public static Command CreateLogin()
    {
        var host = new Argument<string>("registry") { Description = "The registry, or a namespace in it: quay.io, quay.io/acme." };
        var user = new Option<string?>("--username", "-u") { Description = "The user name.", HelpName = "NAME" };
        var password = new Option<bool>("--password-stdin") { Description = "Read the password, or access token, from standard input." };
        var identity = new Option<bool>("--identity-token-stdin") { Description = "Read an identity token from standard input." };
        var registry = new RegistryOptionSet();
        var command = new Command("login", "Check credentials with a registry, and keep them where skopeo and Podman find them too.") { host, user, password, identity };
        registry.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(identity) ? result.GetValue(password) || result.GetValue(user) is not null : result.GetValue(user) is null)
            {
                result.AddError("Give --username, with the password on standard input, or --identity-token-stdin alone.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(host);
            var secret = await ReadSecretAsync(parsed.GetValue(password) || parsed.GetValue(identity), cancellationToken);
            var credentials = parsed.GetValue(identity) ? RegistryCredentials.FromIdentityToken(secret) : new RegistryCredentials(parsed.GetValue(user)!, secret);
            var kept = await RegistryLogin.LoginAsync(name, credentials, registry.Apply(parsed, new LoginOptions { AuthFile = registry.AuthFile(parsed) }), cancellationToken);
            Output.Print(parsed, $"logged in to {name}; the credentials are in {kept}", () => new JObject { ["registry"] = name, ["kept"] = kept });
        });
        return command;
    }

    public static Command CreateLogout()
    {
        var host = new Argument<string>("registry") { Description = "The registry, or the namespace in it, that was logged in to." };
        var registry = new RegistryOptionSet();
        var command = new Command("logout", "Forget the credentials for a registry.") { host };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(host);
            var result = await RegistryLogin.LogoutAsync(name, registry.Apply(parsed, new LoginOptions { AuthFile = registry.AuthFile(parsed) }), cancellationToken);
            var text = result.Erased ? $"logged out of {name}" : $"there were no credentials for {name}";
            Output.Print(
                parsed,
                result.Left is { } left ? $"{text}; there are still some in {left}" : text,
                () => new JObject { ["registry"] = name, ["erased"] = result.Erased, ["left"] = result.Left });
        });
        return command;
    }

    private static async Task<string> ReadSecretAsync(bool fromInput, CancellationToken cancellationToken)
    {
        if (!fromInput && !Console.IsInputRedirected)
        {
            await Console.Error.WriteAsync("Password: ");
            return ReadHidden();
        }

        var buffer = new char[MaxSecretLength];
        var count = await Console.In.ReadBlockAsync(buffer, cancellationToken);
        return new string(buffer, 0, count).TrimEnd('\r', '\n');
    }

    private static string ReadHidden()
    {
        var typed = new System.Text.StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
