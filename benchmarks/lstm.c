/* The stateful LSTM recipe as a C loop: forward, backward and Adam, nothing else.
 *
 *     lstm WEIGHTS SEQUENCE EPOCHS
 *
 * WEIGHTS: float32, kernel (1, 4H), recurrent (H, 4H), bias (4H), head (H, V), head's bias (V), as
 * Keras orders them (gates i, f, g, o). SEQUENCE: int32, its length, V, then the indices. Windows of
 * 4, batch 1, the input an index / (V - 1), the state carried through an epoch. Prints the mean loss
 * of each epoch to standard output, then the seconds that the epochs took.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { H = 128, G = 4 * H, T = 4, V_MOST = 64 };

static float *w_x, *w_h, *b, *w_o, *b_o; /* weights */
static float *d_x, *d_h, *d_b, *d_o, *d_bo; /* gradients, in one block like the weights */

static float sigmoid(float z) { return 1.0f / (1.0f + expf(-z)); }

static void adam(float *restrict w, const float *restrict g, float *restrict m,
                 float *restrict v, int n, float step) {
    for (int i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * (1.0f - 0.9f);
        v[i] += (g[i] * g[i] - v[i]) * (1.0f - 0.999f);
        w[i] -= step * m[i] / (sqrtf(v[i]) + 1e-7f);
    }
}

/* One window: the loss; h and c go on. */
static float window(const int *codes, int vocabulary, float *h, float *c) {
    static float hs[T + 1][H], cs[T + 1][H], gate[T][G], tanh_c[T][H];
    float logits[V_MOST], dh[H], dc[H], dz[G];
    memcpy(hs[0], h, sizeof hs[0]);
    memcpy(cs[0], c, sizeof cs[0]);
    for (int t = 0; t < T; t++) {
        float *z = gate[t], x = codes[t] / (float)(vocabulary - 1);
        for (int j = 0; j < G; j++) z[j] = b[j] + x * w_x[j];
        for (int k = 0; k < H; k++) {
            const float *row = w_h + k * G, hk = hs[t][k];
            for (int j = 0; j < G; j++) z[j] += hk * row[j];
        }
        for (int j = 0; j < H; j++) {
            float i = sigmoid(z[j]), f = sigmoid(z[H + j]);
            float g = tanhf(z[2 * H + j]), o = sigmoid(z[3 * H + j]);
            z[j] = i, z[H + j] = f, z[2 * H + j] = g, z[3 * H + j] = o;
            cs[t + 1][j] = f * cs[t][j] + i * g;
            tanh_c[t][j] = tanhf(cs[t + 1][j]);
            hs[t + 1][j] = o * tanh_c[t][j];
        }
    }
    memcpy(logits, b_o, vocabulary * sizeof(float));
    for (int k = 0; k < H; k++)
        for (int j = 0; j < vocabulary; j++) logits[j] += hs[T][k] * w_o[k * vocabulary + j];
    float most = logits[0], sum = 0;
    for (int j = 1; j < vocabulary; j++) most = fmaxf(most, logits[j]);
    for (int j = 0; j < vocabulary; j++) sum += expf(logits[j] - most);
    float loss = logf(sum) + most - logits[codes[T]];

    for (int j = 0; j < vocabulary; j++) { /* now the gradient of the logits */
        logits[j] = expf(logits[j] - most) / sum - (j == codes[T]);
        d_bo[j] = logits[j];
    }
    for (int k = 0; k < H; k++) {
        dh[k] = 0;
        for (int j = 0; j < vocabulary; j++) {
            d_o[k * vocabulary + j] = hs[T][k] * logits[j];
            dh[k] += w_o[k * vocabulary + j] * logits[j];
        }
    }
    memset(dc, 0, sizeof dc);
    memset(d_x, 0, G * sizeof(float));
    memset(d_b, 0, G * sizeof(float));
    for (int t = T - 1; t >= 0; t--) {
        const float *z = gate[t], x = codes[t] / (float)(vocabulary - 1);
        for (int j = 0; j < H; j++) {
            float i = z[j], f = z[H + j], g = z[2 * H + j], o = z[3 * H + j];
            dc[j] += dh[j] * o * (1 - tanh_c[t][j] * tanh_c[t][j]);
            dz[j] = dc[j] * g * i * (1 - i);
            dz[H + j] = dc[j] * cs[t][j] * f * (1 - f);
            dz[2 * H + j] = dc[j] * i * (1 - g * g);
            dz[3 * H + j] = dh[j] * tanh_c[t][j] * o * (1 - o);
            dc[j] *= f;
        }
        for (int j = 0; j < G; j++) d_x[j] += x * dz[j], d_b[j] += dz[j];
        for (int k = 0; k < H; k++) {
            float *into = d_h + k * G, hk = hs[t][k], back = 0;
            const float *row = w_h + k * G;
            if (t == T - 1)
                for (int j = 0; j < G; j++) into[j] = hk * dz[j], back += row[j] * dz[j];
            else
                for (int j = 0; j < G; j++) into[j] += hk * dz[j], back += row[j] * dz[j];
            dh[k] = back;
        }
    }
    memcpy(h, hs[T], sizeof hs[T]);
    memcpy(c, cs[T], sizeof cs[T]);
    return loss;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    int length, vocabulary, epochs = atoi(arguments[3]);
    FILE *file = fopen(arguments[2], "rb");
    if (!file || fread(&length, 4, 1, file) != 1 || fread(&vocabulary, 4, 1, file) != 1) return 1;
    int *codes = malloc(length * 4);
    if (vocabulary > V_MOST || fread(codes, 4, length, file) != (size_t)length) return 1;
    fclose(file);

    int n = G + H * G + G + H * vocabulary + vocabulary;
    float *w = aligned_alloc(64, (n + 16) * 4 / 64 * 64 + 64), *g = calloc(n, 4);
    float *m = calloc(n, 4), *v = calloc(n, 4);
    file = fopen(arguments[1], "rb");
    if (!file || fread(w, 4, n, file) != (size_t)n) return 1;
    fclose(file);
    w_x = w, w_h = w_x + G, b = w_h + H * G, w_o = b + G, b_o = w_o + H * vocabulary;
    d_x = g, d_h = d_x + G, d_b = d_h + H * G, d_o = d_b + G, d_bo = d_o + H * vocabulary;

    float h[H], c[H];
    double beta1 = 1, beta2 = 1;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int epoch = 0; epoch < epochs; epoch++) {
        double loss = 0;
        memset(h, 0, sizeof h);
        memset(c, 0, sizeof c);
        for (int k = 0; k + T < length; k++) {
            loss += window(codes + k, vocabulary, h, c);
            beta1 *= 0.9, beta2 *= 0.999;
            adam(w, g, m, v, n, (float)(1e-3 * sqrt(1 - beta2) / (1 - beta1)));
        }
        printf("%.6f\n", loss / (length - T));
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", end.tv_sec - start.tv_sec + 1e-9 * (end.tv_nsec - start.tv_nsec));
    return 0;
}
